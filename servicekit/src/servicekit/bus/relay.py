"""The relay: brings stored events to the broker, at least once.

Every step can be cut off. A row leaves `pending` only under the lease that published it and only after the broker
confirmed it, so a crash at any point leads to a second publish, never to none.
"""

import asyncio
from collections.abc import Sequence

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import PublishError
from pymongo.errors import PyMongoError

from servicekit.bus import metrics
from servicekit.bus.broker import AWAY, Broker
from servicekit.bus.envelope import CONTENT_TYPE
from servicekit.bus.outbox import OUTBOX
from servicekit.bus.topology import Topology
from servicekit.domain.ids import new_id
from servicekit.storage.mongo import Database, Document

log = structlog.get_logger()

BATCH = 500
LEASE_MS = 30_000
UNROUTABLE_PAUSE_MS = 5_000
POLL_SECONDS = 0.5
CONFIRM_SECONDS = 15.0


class Lease:
    """Rows that one relay may publish until the lease ends."""

    def __init__(self, token: str, rows: list[Document]) -> None:
        self.token = token
        self.rows = rows


class Relay:
    """Publishes the pending rows of one service's outbox. Any number of them may run side by side."""

    def __init__(
        self, database: Database, broker: Broker, topology: Topology, *, source: str, batch: int = BATCH, loops: int = 2
    ) -> None:
        self._outbox = database[OUTBOX]
        self._broker = broker
        self._topology = topology
        self._source = source
        self._batch = batch
        self._loops = loops
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self._opening = asyncio.Lock()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at the outbox now. Only latency depends on this call: without it the relay polls."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Dispatch until `stop`; what is leased then is finished, and the rest is left to others."""
        # Two loops, so that one waits for the broker while the other reads the database.
        async with asyncio.TaskGroup() as loops:
            for _ in range(self._loops):
                loops.create_task(self._loop(stop))
            loops.create_task(self._observe(stop))

    async def _loop(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                dispatched = await self.dispatch()
            except (*AWAY, PyMongoError) as error:
                log.warning("relay.interrupted", source=self._source, error=type(error).__name__)
                dispatched = 0
            if not dispatched:
                await self._pause(stop)

    async def dispatch(self) -> int:
        """Claim, publish and mark one batch; how many rows were claimed."""
        lease = await self.claim()
        if not lease.rows:
            return 0
        try:
            confirmed = await self.publish(lease)
        except BaseException:
            await self.release(lease, lease.rows, pause_ms=0)
            raise
        await self.mark(lease, confirmed)
        return len(confirmed)

    async def claim(self) -> Lease:
        """Lease the oldest pending rows that nobody has. The database's clock decides, not ours."""
        token = new_id()
        free = {"state": "pending", "$expr": {"$lte": ["$leased_until", "$$NOW"]}}
        rows = await self._outbox.find(free, {"key": 1, "body": 1}).sort("_id", 1).to_list(self._batch)
        if not rows:
            return Lease(token, rows)
        taken = await self._outbox.update_many(
            {"_id": {"$in": [row["_id"] for row in rows]}, **free},
            [{"$set": {"lease": token, "leased_until": {"$add": ["$$NOW", LEASE_MS]}}}],
        )
        if taken.modified_count < len(rows):
            rows = await self._outbox.find({"lease": token}, {"key": 1, "body": 1}).to_list()
        return Lease(token, rows)

    async def publish(self, lease: Lease) -> list[Document]:
        """Publish the leased rows; those that the broker confirmed. An unroutable row is given back for later."""
        exchange = await self._open()
        async with asyncio.timeout(CONFIRM_SECONDS):
            outcomes = await asyncio.gather(*(self._publish(exchange, row) for row in lease.rows))
        unroutable = [row for row, routed in zip(lease.rows, outcomes, strict=True) if not routed]
        if unroutable:
            metrics.UNROUTABLE.labels(self._source).inc(len(unroutable))
            log.error(
                "relay.unroutable",
                source=self._source,
                rows=len(unroutable),
                keys=sorted({row["key"] for row in unroutable})[:10],
                next="no worker has declared these lanes: add them to HUIJIA_LANES of a consuming service",
            )
            await self.release(lease, unroutable, pause_ms=UNROUTABLE_PAUSE_MS)
        return [row for row, routed in zip(lease.rows, outcomes, strict=True) if routed]

    async def mark(self, lease: Lease, rows: Sequence[Document]) -> None:
        """Mark rows dispatched, if they are still ours; otherwise somebody else publishes them again."""
        if not rows:
            return
        await self._outbox.update_many(
            {"_id": {"$in": [row["_id"] for row in rows]}, "lease": lease.token},
            [{"$set": {"state": "dispatched", "dispatched_at": "$$NOW"}}, {"$unset": "lease"}],
        )
        metrics.DISPATCHED.labels(self._source).inc(len(rows))

    async def release(self, lease: Lease, rows: Sequence[Document], *, pause_ms: int) -> None:
        """Give leased rows back, to be taken again after `pause_ms`."""
        await self._outbox.update_many(
            {"_id": {"$in": [row["_id"] for row in rows]}, "lease": lease.token},
            [{"$set": {"leased_until": {"$add": ["$$NOW", pause_ms]}}}, {"$unset": "lease"}],
        )

    async def _publish(self, exchange: AbstractExchange, row: Document) -> bool:
        message = Message(
            row["body"], content_type=CONTENT_TYPE, message_id=row["_id"], delivery_mode=DeliveryMode.PERSISTENT
        )
        try:
            await exchange.publish(message, row["key"], mandatory=True)
        except PublishError:
            return False
        return True

    async def _open(self) -> AbstractExchange:
        async with self._opening:
            if self._exchange is None or self._channel is None or self._channel.is_closed:
                self._channel = await self._broker.channel()
                self._exchange = await self._topology.declare_events(self._channel)
            return self._exchange

    async def _pause(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._wake, stop)]
        await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        self._wake.clear()

    async def _observe(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._measure()
            except PyMongoError as error:
                log.warning("relay.unmeasured", source=self._source, error=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), timeout=5)
            except TimeoutError:
                continue

    async def _measure(self) -> None:
        pending = await self._outbox.count_documents({"state": "pending"}, limit=10_000)
        age = self._outbox.aggregate(
            [
                {"$match": {"state": "pending"}},
                {"$sort": {"state": 1, "_id": 1}},
                {"$limit": 1},
                {"$project": {"ms": {"$subtract": ["$$NOW", "$stored_at"]}}},
            ]
        )
        oldest = await (await age).to_list(1)
        metrics.PENDING.labels(self._source).set(pending)
        metrics.OLDEST.labels(self._source).set(oldest[0]["ms"] / 1000 if oldest else 0)
