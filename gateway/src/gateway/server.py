"""The HTTP server around the application: slow clients are given up, and subscribers told before it stops."""

import asyncio
import gc
import resource
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
import uvicorn

from gateway.app import Gateway
from gateway.connections import InTurns, Room, protocol_with
from gateway.settings import Settings

log = structlog.get_logger("gateway")

# Longer than clients and balancers keep an idle connection, so that they close first: else a request may meet the end
# of its connection on the way, and a mutation is not sent twice.
KEEP_ALIVE_SECONDS = 75
UNREAD_MILLISECONDS = 60_000


class Server(uvicorn.Server):
    """On a signal subscribers are told first, while requests are still taken; then intake ends."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self._gateway = gateway
        self._stopping: asyncio.Task[None] | None = None

    @contextmanager
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
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())
        else:
            self.should_exit = True

    async def _stop(self) -> None:
        try:
            await self._gateway.stop()
        finally:
            self.should_exit = True


def _look_less_often_for_garbage() -> None:
    """What was made at the start stays: it is never looked through again, and what follows less often.

    Requests leave hardly any cycles behind; by default the collector looks for them every 700 objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def room(most: int) -> Room:
    """As many connections as the system allows two files for: each may make the gateway open one to a subgraph."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 2 * most if hard == resource.RLIM_INFINITY else min(2 * most, hard)
    if files > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    if files < 2 * most:
        log.warning("connections.limited", wanted=most, most=files // 2)
    return Room(files // 2)


def serve(gateway: Gateway, settings: Settings, host: str, port: int) -> None:
    config = uvicorn.Config(
        gateway,
        host=host,
        port=port,
        loop="uvloop",
        http=protocol_with(
            settings.header_timeout_seconds, settings.answer_timeout_seconds, room(settings.max_connections)
        ),
        ws=InTurns,
        ws_max_size=settings.max_body_bytes,
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.grace_seconds),
    )
    listening = config.bind_socket()
    # The connection of a client that reads nothing for so long is dropped by the system. Accepted sockets inherit it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    _look_less_often_for_garbage()
    Server(config, gateway).run(sockets=[listening])
