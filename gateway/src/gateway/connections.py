"""The connections of clients: so many, whose heads must come in time and be short, or they are given up."""

import asyncio
import re
import socket
import struct
from collections import OrderedDict
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gateway.metrics import CONNECTIONS_DROPPED

MAX_HEAD_BYTES = 64 * 1024
MAX_PIPELINED = 100
PIECE = 2 * 1024
OTHER_UPGRADE = re.compile(rb"\r\nupgrade(?=:[ \t]*(?!websocket)[^\s])", re.IGNORECASE)
"""To HTTP/2, for instance, which Java's client asks for. The parser would take the body for the other protocol's."""


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
    A client has its time, too, to take what is written. Nor may requests be queued without end by one who doesn't
    wait for answers (pipelining).
    """

    head_seconds: float
    answer_seconds: float
    room: Room
    _waiting: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0
    _complete = True

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()
        self.room.entered(self)

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(OTHER_UPGRADE.sub(b"\r\nignored", data) if b"pgrade" in data else data)
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

    def _should_upgrade(self) -> bool:
        """What isn't a GET is no handshake, and would be kept open without an answer."""
        return self.parser.get_method() == b"GET" and super()._should_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._taking = self.loop.call_later(self.answer_seconds, self._reset)

    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self._taken()
        self.room.waits_no_more(self)
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _arrived(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _reset(self) -> None:
        """Else the system would go on to send what it has of the answer, megabytes."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _taken(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None


def protocol_with(head_seconds: float, answer_seconds: float, room: Room) -> type[Impatient]:
    given = {"head_seconds": head_seconds, "answer_seconds": answer_seconds, "room": room}
    return type("Protocol", (Impatient,), given)


class InTurns(WebSocketsSansIOProtocol):
    """A socket whose frames are read piece by piece, so that who sends without end keeps nobody waiting.

    The next piece is read when the application took what was in the last one, and the client what was written.
    """

    _held = b""
    _turn: asyncio.Handle | None = None

    def data_received(self, data: bytes) -> None:
        self._held += data
        if self._turn is None:
            self._take_turn()

    def _take_turn(self) -> None:
        self._turn = None
        piece, self._held = self._held[:PIECE], self._held[PIECE:]
        super().data_received(piece)
        self._go_on()

    def _go_on(self) -> None:
        if self.transport.is_closing() or self._turn is not None:
            return
        waits = self.read_paused or not self.writable.is_set()
        if self._held and not waits:
            self._turn = self.loop.call_soon(self._take_turn)
        if self._held or waits:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    async def receive(self) -> Any:
        message = await self.queue.get()
        if self.queue.empty():
            self.read_paused = False
            self._go_on()
        return message

    def resume_writing(self) -> None:
        super().resume_writing()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._turn is not None:
            self._turn.cancel()
        super().connection_lost(exc)
