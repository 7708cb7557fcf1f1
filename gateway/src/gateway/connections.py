"""The connections of clients: so many, whose heads must come in time and be short, or they are given up."""

import asyncio
from collections import OrderedDict
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.metrics import CONNECTIONS_DROPPED

MAX_HEAD_BYTES = 64 * 1024
MAX_PIPELINED = 100


class Room:
    """For `most` connections. Beyond that the one on which nothing is asked for the longest time is dropped.

    That is the newcomer itself when all others are being answered.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._waiting: OrderedDict[Impatient, None] = OrderedDict()

    def entered(self, connection: "Impatient") -> None:
        self.waits(connection)
        if len(connection.connections) > self.most:
            longest, _ = self._waiting.popitem(last=False)
            longest.connections.discard(longest)
            longest.transport.abort()
            CONNECTIONS_DROPPED.inc()

    def waits(self, connection: "Impatient") -> None:
        self._waiting[connection] = None

    def waits_no_more(self, connection: "Impatient") -> None:
        self._waiting.pop(connection, None)


class Impatient(HttpToolsProtocol):
    """Closes a connection whose request head isn't complete in time (slowloris) or too long.

    The rest of a body that was answered before its end has as much time, so that the client may read the answer.
    Nor may requests be queued without end by a client who doesn't wait for answers (pipelining).
    """

    head_seconds: float
    room: Room
    _waiting: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0
    _complete = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()
        self.room.entered(self)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self._in_head, self._complete, self._head_bytes = True, False, 0
        if self._waiting is None:
            self._wait()
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # what follows a body is no header
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._arrived()
        self.room.waits_no_more(self)
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINED:
            self.transport.abort()

    def on_message_complete(self) -> None:
        self._complete = True
        self._arrived()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self.room.waits(self)
        if not self._complete and self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self.room.waits_no_more(self)
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _arrived(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def protocol_with(head_seconds: float, room: Room) -> type[Impatient]:
    return type("Protocol", (Impatient,), {"head_seconds": head_seconds, "room": room})
