"""A tiny service for the supervisor's tests: `BEHAVIOUR` says which promise it breaks."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if os.environ["BEHAVIOUR"] == "never ready" else 200)
        self.end_headers()


def main() -> None:
    behaviour = os.environ["BEHAVIOUR"]
    if behaviour == "crashes":
        sys.exit("the setting HUIJIA_X is missing")
    signal.signal(signal.SIGTERM, signal.SIG_IGN if behaviour == "deaf" else lambda *_: sys.exit(0))
    HTTPServer(("127.0.0.1", int(os.environ["HUIJIA_PORT"])), Health).serve_forever()


main()
