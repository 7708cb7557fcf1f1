"""The relay: brings stored events to the broker, at least once.

Every step can be cut off. A row leaves `pending` only under the lease that published it and only after the broker
confirmed it, so a crash at any point leads to a second publish, never to none.
"""

import asyncio
from collections.abc import Collection
from functools import partial

import structlog
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import PublishError
from aiormq.channel import Channel

from servicekit.bus import metrics
from servicekit.bus.broker import AWAY, Broker, close_quietly
from servicekit.bus.loops import GRACE_SECONDS, keep_going, run_until, wait_or_stop
from servicekit.bus.messages import lower
from servicekit.bus.publishing import Outgoing, publish_all
from servicekit.bus.topology import Topology
from servicekit.bus.tracing import publishing
from servicekit.storage.mongo import Database, Document
from servicekit.storage.outbox import LEASE_SECONDS, Lease, Outbox

log = structlog.get_logger()

BATCH = 500
UNROUTABLE_PAUSE_SECONDS = 5.0
POLL_SECONDS = 0.5
MEASURE_SECONDS = 5.0


class Relay:
    """Publishes the pending rows of one service's outbox. Any number of them may run side by side.

    Facts of `live` are told, once they are confirmed, to whoever listens at the moment, without a promise.
    """

    def __init__(
        self,
        database: Database,
        broker: Broker,
        topology: Topology,
        *,
        source: str,
        live: Collection[str] = (),
        batch: int = BATCH,
        loops: int = 2,
        lease_seconds: float = LEASE_SECONDS,
        unroutable_pause_seconds: float = UNROUTABLE_PAUSE_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self._outbox = Outbox(database, lease_seconds)
        self._broker = broker
        self._topology = topology
        self._source = source
        self._live = frozenset(live)
        self._batch = batch
        self._loops = loops
        self._unroutable_pause = unroutable_pause_seconds
        self._grace = grace_seconds
        self._channel: AbstractChannel | None = None
        self._opening = asyncio.Lock()
        self._claiming = asyncio.Lock()
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at the outbox now. Only latency depends on this call: without it the relay polls."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Dispatch until `stop`; what is leased then is finished, and the rest is left to others."""
        # Two loops, so that one waits for the broker while the other reads the database.
        loops = [
            keep_going("relay", partial(self._dispatch_or_rest, stop), stop, source=self._source)
            for _ in range(self._loops)
        ]
        observing = keep_going("relay.measure", partial(self._observe, stop), stop, source=self._source)
        await run_until(stop, [*loops, observing], self._grace)
        await self._close()

    async def dispatch(self) -> int:
        """Claim, publish and mark one batch; how many rows were dispatched."""
        # Without a broker nothing is claimed.
        await self._open()
        lease = await self.claim()
        if not lease.rows:
            return 0
        try:
            confirmed = await self.publish(lease)
        except BaseException:
            await self._outbox.release(lease, lease.rows)
            raise
        await self.mark(lease, confirmed)
        await self._tell([row for row in confirmed if row["key"].rpartition(".")[2] in self._live])
        return len(confirmed)

    async def claim(self) -> Lease:
        """Lease the pending rows to publish next."""
        async with self._claiming:
            return await self._outbox.claim(self._batch)

    async def publish(self, lease: Lease) -> list[Document]:
        """Publish the leased rows; those that the broker confirmed. The others are given back."""
        channel = await self._open()
        messages = [Outgoing(row["_id"], row["key"], row["body"]) for row in lease.rows]
        try:
            with publishing(lease.rows):
                outcomes = await publish_all(channel, self._topology.events, messages)
        except BaseException:
            await self._close()
            raise
        results = list(zip(lease.rows, outcomes, strict=True))
        if unroutable := [row for row, outcome in results if isinstance(outcome, PublishError)]:
            await self._put_off(lease, unroutable)
        if failed := [row for row, outcome in results if outcome and not isinstance(outcome, PublishError)]:
            log.warning("relay.unconfirmed", source=self._source, rows=len(failed))
            await self._close()
            await self._outbox.release(lease, failed)
        return [row for row, outcome in results if outcome is None]

    async def mark(self, lease: Lease, rows: list[Document]) -> None:
        """Mark rows dispatched, if they are still ours; otherwise somebody else publishes them again."""
        if rows:
            metrics.DISPATCHED.labels(self._source).inc(await self._outbox.mark(lease, rows))

    async def _tell(self, rows: list[Document]) -> None:
        """What is lost here is lost for listeners only, who look again after a break anyway."""
        if rows:
            messages = [Outgoing(row["_id"], row["key"], row["body"]) for row in rows]
            try:
                await publish_all(await self._open(), self._topology.live, messages, mandatory=False)
            except AWAY as error:
                log.warning("relay.untold", source=self._source, rows=len(rows), error=type(error).__name__)
                await self._close()

    async def _put_off(self, lease: Lease, rows: list[Document]) -> None:
        metrics.UNROUTABLE.labels(self._source).inc(len(rows))
        log.error(
            "relay.unroutable",
            source=self._source,
            rows=len(rows),
            keys=sorted({row["key"] for row in rows})[:10],
            next="no worker has declared these lanes: add them to HUIJIA_LANES of a consuming service",
        )
        await self._outbox.put_off(lease, rows, self._unroutable_pause)

    async def _open(self) -> Channel:
        async with self._opening:
            if self._channel is None or self._channel.is_closed:
                channel = await self._broker.channel()
                await self._topology.declare_events(channel)
                if self._live:
                    await self._topology.declare_live(channel)
                self._channel = channel
            return await lower(self._channel)

    async def _close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            await close_quietly(channel)

    async def _dispatch_or_rest(self, stop: asyncio.Event) -> None:
        if not await self.dispatch():
            await self._rest(stop)

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._wake, stop)]
        try:
            await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._wake.clear()

    async def _observe(self, stop: asyncio.Event) -> None:
        rows, seconds = await self._outbox.backlog()
        metrics.PENDING.labels(self._source).set(rows)
        metrics.OLDEST.labels(self._source).set(seconds)
        await wait_or_stop(stop, MEASURE_SECONDS)
