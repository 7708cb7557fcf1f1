"""Runs subscriptions: one event after the other, for as long as the token, the gateway and the subgraph last."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from gateway.calls import Call
from gateway.engine import Engine, Prepared, Subscription
from gateway.executor.errors import SubrequestError
from gateway.jsontypes import JsonObject
from gateway.metrics import SUBSCRIPTION_ENDS, SUBSCRIPTION_EVENTS, SUBSCRIPTIONS
from gateway.refusals import Refused
from gateway.settings import Settings
from gateway.subscriptions.upstream import Upstream
from gateway.tracing import request_span

log = structlog.get_logger("gateway")

Tell = Callable[[JsonObject], Awaitable[None]]

INTERRUPTED = (
    "The subscription was interrupted: subscribe again and query the present state. / "
    "订阅已中断,请重新订阅并查询当前状态。"
)
EXPIRED = "The token has expired: sign in again. / 登录凭证已过期,请重新登录。"


class TooSlow(Exception):
    """The client doesn't take what it is told."""


class Subscriptions:
    def __init__(self, upstream: Upstream, settings: Settings) -> None:
        self._upstream = upstream
        self._settings = settings
        self._held: Counter[str] = Counter()
        self._running: set[asyncio.Task[object]] = set()
        self.stopping = False

    @contextmanager
    def place(self, call: Call) -> Iterator[None]:
        """Room for one more of this caller. Raises `Refused` (429, or 503 when the gateway is full or stops)."""
        if self.stopping or self._held.total() >= self._settings.max_subscriptions:
            raise Refused("SUBSCRIPTIONS_FULL", "No more subscriptions here. / 订阅数已满。", 503, well_formed=False)
        if self._held[call.who] >= self._settings.subscriptions_per_principal:
            limit = self._settings.subscriptions_per_principal
            message = f"You hold {limit} subscriptions, which is the limit. / 您的订阅数已达上限 {limit}。"
            raise Refused("SUBSCRIPTION_LIMIT", message, 429, {"limit": limit}, well_formed=False)
        self._held[call.who] += 1
        SUBSCRIPTIONS.inc()
        try:
            yield
        finally:
            SUBSCRIPTIONS.dec()
            self._held[call.who] -= 1
            if not self._held[call.who]:
                del self._held[call.who]

    async def run(self, call: Call, engine: Engine, prepared: Prepared, tell: Tell) -> str:
        """Tell every answer until the stream ends; why it ended. Raises `TooSlow`, and `Refused` before it began."""
        reason = "completed"
        try:
            async with asyncio.timeout(call.seconds_left) as token:
                await self._run(call, engine, prepared, tell)
        except TimeoutError:
            if not token.expired():
                raise
            reason = "expired"
            await self._told(tell, _error("TOKEN_EXPIRED", EXPIRED))
        except SubrequestError as error:
            reason = "broken"
            log.warning("subscription.broken", operation=call.operation, code=error.code, reason=str(error))
            await self._told(tell, _error("SUBSCRIPTION_INTERRUPTED", INTERRUPTED))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self.stopping or task is None:
                SUBSCRIPTION_ENDS.labels("left").inc()
                raise
            task.uncancel()
            reason = "stopped"
            await tell(_error("SUBSCRIPTION_INTERRUPTED", INTERRUPTED))
        SUBSCRIPTION_ENDS.labels(reason).inc()
        log.info("subscription.ended", correlation_id=call.correlation_id, operation=call.operation, reason=reason)
        return reason

    async def _run(self, call: Call, engine: Engine, prepared: Prepared, tell: Tell) -> None:
        subscription = engine.subscription(prepared)
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            async with self._upstream.open(
                subscription.subgraph, subscription.request(), prepared.request.headers
            ) as events:
                async for event in events:
                    answer = await self._completed(subscription, event)
                    SUBSCRIPTION_EVENTS.labels("partial" if "errors" in answer else "answered").inc()
                    await self._told(tell, answer)
        finally:
            self._running.discard(task)

    async def _completed(self, subscription: Subscription, event: JsonObject) -> JsonObject:
        try:
            with request_span(subscription.prepared.request.headers):
                async with asyncio.timeout(self._settings.request_timeout_seconds):
                    return await subscription.complete(event)
        except TimeoutError:
            return _error("REQUEST_TIMEOUT", "The event took too long to complete. / 处理超时。")

    async def _told(self, tell: Tell, answer: JsonObject) -> None:
        try:
            async with asyncio.timeout(self._settings.subscriber_patience_seconds):
                await tell(answer)
        except TimeoutError:
            SUBSCRIPTION_ENDS.labels("slow").inc()
            raise TooSlow from None

    async def stop(self) -> None:
        """End every subscription, and wait until each client was told."""
        self.stopping = True
        running = set(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=self._settings.subscriber_patience_seconds)


def _error(code: str, message: str) -> JsonObject:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}
