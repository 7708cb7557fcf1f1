"""A service as a process: serves until SIGTERM, then finishes what is in flight within the grace period."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

import structlog
import uvicorn
import uvloop

from servicekit.runtime.application import Running, build_app
from servicekit.runtime.service import Service
from servicekit.runtime.settings import ServiceSettings
from servicekit.telemetry.logging import configure_logging
from servicekit.telemetry.tracing import configure_tracing

log = structlog.get_logger()

# Longer than any client keeps an idle connection, so that the client always closes first.
KEEP_ALIVE_SECONDS = 75


class Server(uvicorn.Server):
    """Tells the worker to stop with the signal itself, and leaves with an ordinary exit code."""

    running: Running
    failed = False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        log.info("service.stopping", signal=signal.Signals(sig).name)
        self.stop()

    def stop(self) -> None:
        self.running.request_stop()
        self.should_exit = True

    def fail(self) -> None:
        self.failed = True
        self.stop()


async def serve(service: Service, settings: ServiceSettings) -> int:
    """Serve until a signal or a fault; the exit code."""
    config = uvicorn.Config(
        app="",
        host=settings.host,
        port=settings.port,
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, round(settings.grace_seconds)),
    )
    server = Server(config)
    app = build_app(service, settings, failed=server.fail)
    config.app = app
    server.running = app.state.running
    log.info("service.starting", role=settings.role, host=settings.host, port=settings.port)
    await server.serve()
    log.info("service.stopped", failed=server.failed)
    return 1 if server.failed or not server.started else 0


def run(service: Service) -> int:
    """Read the settings from the environment and serve; the exit code."""
    settings = service.settings.read()
    configure_logging(service.name, log_format=settings.log_format, level=settings.log_level)
    flush_traces = configure_tracing(service.name)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(serve(service, settings))
    finally:
        flush_traces()
