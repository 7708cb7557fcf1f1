"""One connection of a client: its head must come in time and be short, or the connection is given up."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024


class Impatient(HttpToolsProtocol):
    """Closes a connection whose request head isn't complete in time (slowloris) or too long.

    The rest of a body that was answered before its end has as much time, so that the client may read the answer.
    """

    head_seconds: float
    _waiting: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0
    _complete = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._in_head else 0
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self._in_head, self._complete = True, False
        if self._waiting is None:
            self._wait()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # what follows a body is no header
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._arrived()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._complete = True
        self._arrived()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._complete and self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _arrived(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def protocol_with(head_seconds: float) -> type[Impatient]:
    return type("Protocol", (Impatient,), {"head_seconds": head_seconds})
