"""Subscriptions as server-sent events, in the "distinct connections mode" of GraphQL over SSE.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from servicekit.domain.refusals import Language
from servicekit.graphql.context import Context
from servicekit.graphql.errors import refusal_error
from servicekit.security import Principal
from servicekit.security.tokens import TokenExpired

EVENT_STREAM = "text/event-stream"
KEEP_ALIVE_SECONDS = 12.0
KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


@dataclass(frozen=True, slots=True)
class Streamed:
    """A subscription that has begun. `send` ends it in any case."""

    responses: AsyncIterator[dict[str, Any]]
    context: Context

    async def send(self, scope: Scope, receive: Receive, send: Send, correlation_id: str) -> None:
        body = server_sent(self.responses, self.context.principal, self.context.lang)
        headers = {"x-correlation-id": correlation_id, "cache-control": "no-store", "x-accel-buffering": "no"}
        try:
            await StreamingResponse(body, headers=headers, media_type=EVENT_STREAM)(scope, receive, send)
        finally:
            await self.context.close()


async def server_sent(
    responses: AsyncIterator[dict[str, Any]], principal: Principal, language: Language
) -> AsyncIterator[bytes]:
    """Each response as a `next` event, a comment when there was none for a while, `complete` at the end.

    Ends with TOKEN_EXPIRED when the principal's token does.
    """
    following = asyncio.ensure_future(anext(responses, None))
    try:
        while not expired(principal):
            await asyncio.wait((following,), timeout=_pause(principal))
            if not following.done():
                yield KEEP_ALIVE
                continue
            response = following.result()
            if response is None:
                break
            yield _next(response)
            following = asyncio.ensure_future(anext(responses, None))
        else:
            yield _next({"errors": [refusal_error(TokenExpired("while subscribed"), language)]})
        yield COMPLETE
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


def expired(principal: Principal) -> bool:
    return principal.expires_at is not None and principal.expires_at <= datetime.now(UTC)


def _pause(principal: Principal) -> float:
    if principal.expires_at is None:
        return KEEP_ALIVE_SECONDS
    return min(KEEP_ALIVE_SECONDS, max(0.0, (principal.expires_at - datetime.now(UTC)).total_seconds()))


def _next(response: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(response) + b"\n\n"
