"""`python -m gateway --supergraph FILE --port N` serves a supergraph."""

import argparse
import logging
import sys
from pathlib import Path

import structlog
import uvicorn

from gateway.app import create_gateway
from gateway.settings import Settings
from gateway.supergraph import SupergraphError


def main() -> None:
    parser = argparse.ArgumentParser(prog="gateway", description=__doc__)
    parser.add_argument("--supergraph", type=Path, default=Path("gateway/supergraph.graphql"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    options = parser.parse_args()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    try:
        gateway = create_gateway(options.supergraph, Settings())
    except (SupergraphError, OSError) as error:
        sys.exit(f"gateway: {error}")
    uvicorn.run(gateway, host=options.host, port=options.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
