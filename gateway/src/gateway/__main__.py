"""`python -m gateway --supergraph FILE --port N` serves a supergraph."""

import argparse
import sys
from pathlib import Path

from servicekit.telemetry.logging import configure_logging
from servicekit.telemetry.tracing import configure_tracing

from gateway.app import Gateway
from gateway.graph_file import GraphFile
from gateway.server import serve
from gateway.settings import Settings
from gateway.supergraph import SupergraphError
from gateway.trusted import TrustError


def main() -> None:
    parser = argparse.ArgumentParser(prog="gateway", description=__doc__)
    parser.add_argument("--supergraph", type=Path, default=Path("gateway/supergraph.graphql"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args()
    settings = Settings()
    configure_logging("gateway", log_format=settings.log_format, level=settings.log_level)
    stop_tracing = configure_tracing("gateway")
    try:
        gateway = Gateway(GraphFile(options.supergraph, settings), settings)
    except (SupergraphError, TrustError, OSError, UnicodeDecodeError) as error:
        sys.exit(f"gateway: {error}")
    serve(gateway, settings, options.host, options.port)
    stop_tracing()


if __name__ == "__main__":
    main()
