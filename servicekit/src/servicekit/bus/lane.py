"""One lane of a consumer: gives every message its effects, its retry or its burial.

A batch that fails is applied again in halves until the failing event is alone; that one goes through the delay tiers
and then to the dead letters. A batch that met an absent or contended database waits, and no attempt is counted.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog
from pymongo.errors import ConnectionFailure, PyMongoError

from servicekit.bus import metrics
from servicekit.bus.apply import Archive, Received, Subscriptions, apply_events
from servicekit.bus.loops import wait_or_stop
from servicekit.bus.messages import Delivery
from servicekit.bus.retry import Retries, cause_of
from servicekit.bus.tracing import applying
from servicekit.domain import Busy
from servicekit.events import MalformedEvent
from servicekit.storage.commands import Commands
from servicekit.storage.work import Actor

log = structlog.get_logger()

DATABASE_PAUSE_SECONDS = 0.5
# This loop waits, since it can be stopped; a unit of work of ours only tries for so long.
PATIENCE_SECONDS = 1.0
# A consumer that was killed leaves its transaction open for up to 60 s (transactionLifetimeLimitSeconds), and its
# successor waits for that. What is contended for longer is in its own way.
CONTENDED_SECONDS = 90.0
_AWAY_LABELS = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")


class Lane:
    def __init__(
        self,
        service: str,
        lane: str,
        queue: str,
        commands: Commands,
        subscriptions: Subscriptions,
        retries: Retries,
        archive: Archive | None = None,
    ) -> None:
        self._service = service
        self._lane = lane
        self._queue = queue
        self._commands = commands.with_patience(PATIENCE_SECONDS)
        self._subscriptions = subscriptions
        self._retries = retries
        self._archive = archive

    async def handle(self, deliveries: Sequence[Delivery], stop: asyncio.Event) -> None:
        """Return when all may be acknowledged. Raises when stopped while the database is away, or the broker goes."""
        received: list[Received] = []
        malformed: list[tuple[Delivery, Exception]] = []
        for delivery in deliveries:
            try:
                received.append(self._subscriptions.read(delivery))
            except MalformedEvent as error:
                malformed.append((delivery, error))
        patient_until = monotonic() + CONTENDED_SECONDS
        failed = await self._apply_all(received, stop, patient_until) if received else []
        for delivery, cause in failed:
            await self._retry(delivery, cause)
        for delivery, cause in malformed:
            await self._bury(delivery, cause)

    async def _apply_all(
        self, received: Sequence[Received], stop: asyncio.Event, patient_until: float
    ) -> list[tuple[Delivery, Exception]]:
        """Apply what can be applied; what fails alone, with its error."""
        try:
            await self._apply_when_possible(received, stop, patient_until)
        except Exception as error:
            if _is_away(error) or stop.is_set():
                raise
            if len(received) == 1:
                return [(received[0].delivery, error)]
            log.warning("consumer.batch_failed", lane=self._lane, events=len(received), cause=cause_of(error))
            half = len(received) // 2
            return [
                *await self._apply_all(received[:half], stop, patient_until),
                *await self._apply_all(received[half:], stop, patient_until),
            ]
        return []

    async def _apply_when_possible(
        self, received: Sequence[Received], stop: asyncio.Event, patient_until: float
    ) -> None:
        while True:
            try:
                return await self._apply(received)
            except (PyMongoError, Busy) as error:
                may_wait = monotonic() < patient_until if isinstance(error, Busy) else _is_away(error)
                if stop.is_set() or not may_wait:
                    raise
                log.warning("consumer.waiting_for_database", lane=self._lane, error=type(error).__name__)
                await wait_or_stop(stop, DATABASE_PAUSE_SECONDS)

    async def _apply(self, received: Sequence[Received]) -> None:
        actor = Actor(subject=self._service, correlation_id=received[0].event.correlation_id)
        with applying(self._service, [one.event for one in received]):
            new = await self._commands.run_as(actor, apply_events, received, self._archive)
        metrics.APPLIED.labels(self._service, self._lane).inc(new)
        metrics.DUPLICATES.labels(self._service, self._lane).inc(len(received) - new)
        metrics.BATCH.labels(self._service).observe(len(received))

    async def _retry(self, delivery: Delivery, error: Exception) -> None:
        tier = await self._retries.later(delivery, self._queue, error)
        counter = metrics.DEAD if tier is None else metrics.RETRIES
        counter.labels(self._service, self._lane).inc()
        log.error(
            "event.dead" if tier is None else "event.retried",
            lane=self._lane,
            tier=tier,
            event_id=delivery.id,
            cause=cause_of(error),
            exc_info=error,
        )

    async def _bury(self, delivery: Delivery, error: Exception) -> None:
        await self._retries.bury(delivery, self._queue, error)
        metrics.DEAD.labels(self._service, self._lane).inc()
        log.error("event.dead", lane=self._lane, event_id=delivery.id, cause=cause_of(error))


def _is_away(error: Exception) -> bool:
    """Whether the database is away, which is not the event's fault."""
    if isinstance(error, ConnectionFailure):
        return True
    return isinstance(error, PyMongoError) and any(error.has_error_label(label) for label in _AWAY_LABELS)
