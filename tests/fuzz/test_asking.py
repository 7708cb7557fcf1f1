"""The judge of generated operations has eyes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.fuzz.asking import Asker

REFUSED = {"errors": [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]}
MASKED = {"errors": [{"message": "内部错误", "extensions": {"code": "INTERNAL"}}]}
TELLING = {"errors": [{"message": "KeyError: 'x'", "extensions": {"code": "BAD"}}]}


@contextmanager
def answering(status: int, answer: Any) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/graphql"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "answer", "complains"),
    [
        (200, {"data": {}}, False),
        (200, REFUSED, False),
        (200, MASKED, True),
        (200, TELLING, True),
        (503, REFUSED, True),
    ],
)
def test_it_complains_of_faults_and_of_nothing_else(status: int, answer: Any, complains: bool) -> None:
    with answering(status, answer) as url:
        asker = Asker(url, [None])
        asker.ask("{ me }")
        asker.close()

    assert bool(asker.complaints) is complains
