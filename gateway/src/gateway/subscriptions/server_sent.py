"""A client's operation over server-sent events, in the "distinct connections mode" of GraphQL over SSE.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog
from graphql import OperationType

from gateway.answering import Answering, fault
from gateway.calls import Call
from gateway.engine import Engine, Prepared
from gateway.http import Receive, Send, encoded_headers
from gateway.jsontypes import JsonObject
from gateway.refusals import Refused
from gateway.subscriptions.event_stream import COMPLETE, KEEP_ALIVE, next_event
from gateway.subscriptions.running import Subscriptions, Tell, TooSlow
from gateway.subscriptions.upstream import EVENT_STREAM
from gateway.tracing import request_span

log = structlog.get_logger("gateway")

KEEP_ALIVE_SECONDS = 12.0


def wants_stream(headers: Mapping[str, str]) -> bool:
    return EVENT_STREAM in headers.get("accept", "")


@dataclass(slots=True)
class ServerSent:
    """An operation that was checked and is answered as a stream of events; a query has one."""

    call: Call
    engine: Engine
    prepared: Prepared
    answering: Answering
    subscriptions: Subscriptions

    async def send(self, receive: Receive, send: Send, headers: Mapping[str, str]) -> None:
        extra = {**headers, "cache-control": "no-store", "x-accel-buffering": "no"}
        start = {"type": "http.response.start", "status": 200, "headers": encoded_headers(EVENT_STREAM, extra)}
        await send(start)
        await _part(send, KEEP_ALIVE)
        work = [asyncio.create_task(one) for one in (self._tell_all(send), _gone(receive), _keep_alive(send))]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _tell_all(self, send: Send) -> None:
        """Without an end of the body when the client is too slow: the connection is given up."""

        async def tell(answer: JsonObject) -> None:
            await _part(send, next_event(answer))

        try:
            await self._run(tell)
        except TooSlow:
            log.warning("subscriber.slow", correlation_id=self.call.correlation_id, operation=self.call.operation)
            return
        await _part(send, COMPLETE, more=False)

    async def _run(self, tell: Tell) -> None:
        try:
            if self.prepared.operation.operation is OperationType.SUBSCRIPTION:
                with self.subscriptions.place(self.call):
                    await self.subscriptions.run(self.call, self.engine, self.prepared, tell)
                return
            with request_span(self.call.headers):
                answer = await self.answering.execute(self.call, self.engine, self.prepared)
        except Refused as refused:
            answer = {"errors": list(refused.as_errors())}
        except (TooSlow, OSError):
            raise
        except Exception:
            answer = fault(self.call)
        self.answering.record(self.call, 200, answer)
        await tell(answer)


async def _part(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _keep_alive(send: Send) -> None:
    with suppress(OSError):
        while True:
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
            await _part(send, KEEP_ALIVE)
