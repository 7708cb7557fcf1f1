"""Clients' operations over WebSocket: the protocol graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from graphql import OperationType

from gateway.answering import Answering, fault
from gateway.calls import Call, correlation_id_of
from gateway.http import Receive, Scope, Send, encoded, parameters_of
from gateway.jsontext import parsed
from gateway.jsontypes import Json, JsonObject
from gateway.origins import Origins
from gateway.refusals import Refused
from gateway.settings import Settings
from gateway.subscriptions.running import Subscriptions, Tell, TooSlow
from gateway.subscriptions.upstream import PROTOCOL
from gateway.tracing import request_span

log = structlog.get_logger("gateway")

INIT_SECONDS = 10.0
GOODBYE_SECONDS = 2.0
HEADERS_OF_INIT = ("authorization", "accept-language", "x-correlation-id")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class _Closing(Exception):
    """The connection ends with a close code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class WebSockets:
    def __init__(
        self, answering: Answering, subscriptions: Subscriptions, origins: Origins, settings: Settings
    ) -> None:
        self._answering = answering
        self._subscriptions = subscriptions
        self._origins = origins
        self._sockets = _Sockets(settings)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        call = Call.of(scope)
        try:
            self._origins.check(call.headers)
        except Refused:
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["path"] != "/graphql":
            await send({"type": "websocket.close", "code": 1008})
            return
        spoken = PROTOCOL in scope.get("subprotocols", ())
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if spoken else None})
        if not spoken:
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await _Connection(call, receive, send, self._answering, self._subscriptions, self._sockets).serve()


class _Sockets:
    """The sockets of one process: so many in all, and so many of one principal or of one address."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.max_subscriptions
        self._of_one = settings.subscriptions_per_principal
        self._held: Counter[str] = Counter()

    @contextmanager
    def place(self, who: str) -> Iterator[None]:
        if self._held.total() >= self._most or self._held[who] >= self._of_one:
            raise _Closing(1013, "Try again later")
        self._held[who] += 1
        try:
            yield
        finally:
            self._held[who] -= 1
            if not self._held[who]:
                del self._held[who]


@dataclass(slots=True)
class _Connection:
    call: Call
    receive: Receive
    send: Send
    answering: Answering
    subscriptions: Subscriptions
    sockets: _Sockets
    operations: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    closing: "asyncio.Future[_Closing]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    async def serve(self) -> None:
        reading = asyncio.create_task(self._read())
        try:
            await asyncio.wait((reading, self.closing), return_when=asyncio.FIRST_COMPLETED)
            ending = self.closing.result() if self.closing.done() else None
            if reading.done():
                ending = _ending(reading)
            if ending is not None:
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self.send({"type": "websocket.close", "code": ending.code, "reason": ending.reason})
        except (OSError, TimeoutError):
            pass
        finally:
            self.closing.cancel()
            await _ended([reading, *self.operations.values()])

    async def _read(self) -> None:
        """Returns when the client is gone."""
        try:
            with self.sockets.place(f"waiting at {self.call.address}"):
                async with asyncio.timeout(INIT_SECONDS):
                    if not await self._initialised():
                        return
        except TimeoutError:
            raise _Closing(4408, "Connection initialisation timeout") from None
        with self.sockets.place(self.call.who):
            await self._send({"type": "connection_ack"})
            try:
                async with asyncio.timeout(self.call.seconds_left):
                    await self._serve_messages()
            except TimeoutError:
                await self._said_goodbye()
                raise _Closing(4403, "TOKEN_EXPIRED") from None

    async def _said_goodbye(self) -> None:
        """Every operation tells its end by itself."""
        if self.operations:
            await asyncio.wait(self.operations.values(), timeout=GOODBYE_SECONDS)

    async def _serve_messages(self) -> None:
        while (message := await self._message()) is not None:
            match message["type"]:
                case "subscribe":
                    self._subscribe(message)
                case "complete":
                    if (task := self.operations.pop(_id(message), None)) is not None:
                        task.cancel()
                case "ping":
                    await self._send({"type": "pong"})
                case "pong":
                    pass
                case "connection_init":
                    raise _Closing(4429, "Too many initialisation requests")
                case _:
                    raise _Closing(4400, "Unknown message type")

    async def _initialised(self) -> bool:
        """False if the client went away. The token is in the payload, as browsers can't send it as a header."""
        while (message := await self._message()) is not None:
            if message["type"] == "subscribe":
                raise _Closing(4401, "Unauthorized")
            if message["type"] == "connection_init":
                await self._admitted(message.get("payload"))
                return True
            if message["type"] == "ping":
                await self._send({"type": "pong"})
        return False

    async def _admitted(self, payload: Any) -> None:
        given = payload if isinstance(payload, dict) else {}
        for name, value in given.items():
            if isinstance(value, str) and name.lower() in HEADERS_OF_INIT:
                if not HEADER_VALUE.fullmatch(value):
                    raise _Closing(4400, f"Invalid message: `{name.lower()}` is no value of a header")
                self.call.headers[name.lower()] = value
        self.call.correlation_id = correlation_id_of(self.call.headers)
        try:
            await self.answering.admit(self.call, self.call.headers.get("authorization"))
        except Refused as refused:
            raise _Closing(4403, refused.code) from None

    def _subscribe(self, message: dict[str, Any]) -> None:
        id = _id(message)
        if id in self.operations:
            raise _Closing(4409, f"Subscriber for {id} already exists")
        self.operations[id] = asyncio.create_task(self._operation(id, message.get("payload")))

    async def _operation(self, id: str, payload: Json) -> None:
        call = self.call.again()
        try:
            ended = await self._answered(call, id, payload)
        except TooSlow:
            self._close(_Closing(4499, "Too slow"))
            return
        except OSError:
            return
        finally:
            if self.operations.get(id) is asyncio.current_task():
                del self.operations[id]
        if ended == "expired":
            self._close(_Closing(4403, "TOKEN_EXPIRED"))
        elif ended == "stopped":
            self._close(_Closing(1001, "Going away"))

    async def _answered(self, call: Call, id: str, payload: Json) -> str:
        async def tell(answer: JsonObject) -> None:
            await self._send({"id": id, "type": "next", "payload": answer})

        try:
            with self.subscriptions.place(call):
                ended = await self._run(call, payload, tell)
        except Refused as refused:
            errors = refused.as_errors()
            self.answering.record(call, refused.status, {"errors": list(errors)})
            await self._send({"id": id, "type": "error", "payload": list(errors)})
            return "refused"
        except (TooSlow, OSError):
            raise
        except Exception:
            await self._send({"id": id, "type": "error", "payload": fault(call)["errors"]})
            return "fault"
        if ended not in ("stopped", "expired"):
            await self._send({"id": id, "type": "complete"})
        return ended

    async def _run(self, call: Call, payload: Json, tell: Tell) -> str:
        if not isinstance(payload, dict):
            raise Refused("BAD_REQUEST", "`payload` must be an object with a `query`.", well_formed=False)
        self.answering.count(call)
        engine, prepared = self.answering.prepare(call, parameters_of(payload), subscriptions=True)
        if prepared.operation.operation is OperationType.SUBSCRIPTION:
            return await self.subscriptions.run(call, engine, prepared, tell)
        with request_span(call.headers):
            answer = await self.answering.execute(call, engine, prepared)
        self.answering.record(call, 200, answer)
        await tell(answer)
        return "completed"

    def _close(self, closing: _Closing) -> None:
        if not self.closing.done():
            self.closing.set_result(closing)

    async def _message(self) -> dict[str, Any] | None:
        received = await self.receive()
        if received["type"] == "websocket.disconnect":
            return None
        try:
            message = parsed((received.get("text") or "").encode())
        except ValueError:
            raise _Closing(4400, "Invalid message") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise _Closing(4400, "Invalid message")
        return message

    async def _send(self, message: JsonObject) -> None:
        await self.send({"type": "websocket.send", "text": encoded(message).decode()})


def _ending(reading: asyncio.Task[None]) -> _Closing | None:
    error = reading.exception()
    if isinstance(error, _Closing):
        return error
    if error is None or isinstance(error, OSError):  # the client is gone
        return None
    log.error("websocket.fault", exc_info=error)
    return _Closing(1011, "Internal error")


def _id(message: dict[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not id or len(id) > 200:
        raise _Closing(4400, "Invalid message: `id` must be a string")
    return id


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
