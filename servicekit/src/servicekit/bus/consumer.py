"""The consumer: applies the events of its lanes, each once, in batches of one transaction.

A batch that fails is applied again event by event; the one that fails alone goes through the delay tiers and then to
the dead letters. Nothing is acknowledged before its effects, its retry or its burial are safe.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel
from pymongo.errors import ConnectionFailure

from servicekit.bus import metrics
from servicekit.bus.apply import Consumes, Received, Subscriptions, apply_events
from servicekit.bus.broker import AWAY, Broker
from servicekit.bus.envelope import MalformedEvent
from servicekit.bus.retry import Retries, cause_of
from servicekit.bus.topology import Topology
from servicekit.domain import Busy
from servicekit.storage.commands import Commands
from servicekit.storage.work import Actor

log = structlog.get_logger()

BATCH = 256
LINGER_SECONDS = 0.02
PREFETCH = 512
DATABASE_PAUSE_SECONDS = 0.5
# Not the event's fault: the database is away or contended. The batch waits and its attempts are not counted.
_NOT_ITS_FAULT = (ConnectionFailure, Busy)


class Consumer:
    """Consumes the given lanes of one service."""

    def __init__(
        self,
        service: str,
        commands: Commands,
        broker: Broker,
        topology: Topology,
        consumed: Sequence[Consumes[Any]],
        lanes: Sequence[str],
        *,
        take_all: bool = False,
        batch: int = BATCH,
    ) -> None:
        """`take_all` binds the lanes to every event, so that each published one is routed somewhere."""
        self._service = service
        self._commands = commands
        self._broker = broker
        self._topology = topology
        self._subscriptions = Subscriptions(consumed)
        self._patterns = ["#"] if take_all else self._subscriptions.patterns
        self._lanes = lanes
        self._batch = batch

    async def declare(self) -> None:
        """Make the queues of the lanes, so that what is published from now on is kept."""
        channel = await self._broker.channel()
        await self._topology.declare_events(channel)
        await self._topology.declare_service(channel, self._service)
        for lane in self._lanes:
            await self._topology.declare_lane(channel, self._service, lane, self._patterns)
        await channel.close()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`: the batch in hand is finished, everything else goes back to the queue."""
        await self.declare()
        async with asyncio.TaskGroup() as lanes:
            for lane in self._lanes:
                lanes.create_task(self._run_lane(lane, stop))

    async def _run_lane(self, lane: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                channel = await self._broker.channel(prefetch=PREFETCH)
                try:
                    await self._consume(lane, channel, stop)
                finally:
                    await channel.close()
            except AWAY as error:
                if not stop.is_set():
                    log.warning("consumer.interrupted", lane=lane, error=type(error).__name__)
                    await asyncio.sleep(DATABASE_PAUSE_SECONDS)

    async def _consume(self, lane: str, channel: AbstractRobustChannel, stop: asyncio.Event) -> None:
        queue = await self._topology.declare_lane(channel, self._service, lane, self._patterns)
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        worker = LaneWorker(self._service, lane, queue.name, self._commands, self._subscriptions)
        retries = await Retries.open(channel, self._topology, self._service)
        tag = await queue.consume(arrived.put)
        while messages := await _next_batch(arrived, self._batch, stop):
            if stop.is_set():
                break
            await worker.handle(messages, retries, stop)
        await queue.cancel(tag)


class LaneWorker:
    """Handles the batches of one lane."""

    def __init__(self, service: str, lane: str, queue: str, commands: Commands, subscriptions: "Subscriptions") -> None:
        self._service = service
        self._lane = lane
        self._queue = queue
        self._commands = commands
        self._subscriptions = subscriptions

    async def handle(self, messages: Sequence[AbstractIncomingMessage], retries: Retries, stop: asyncio.Event) -> None:
        """Give every message its effects, its retry or its burial; then acknowledge them all."""
        received = [one for message in messages if (one := await self._receive(message, retries))]
        if received and not await self._apply_all(received, retries, stop):
            return
        # The messages of a channel arrive in order and all up to the last one are settled.
        await messages[-1].ack(multiple=True)

    async def _receive(self, message: AbstractIncomingMessage, retries: Retries) -> Received | None:
        try:
            return self._subscriptions.read(message)
        except MalformedEvent as error:
            await self._bury(message, retries, error)
            return None

    async def _apply_all(self, received: Sequence[Received], retries: Retries, stop: asyncio.Event) -> bool:
        """Whether all of it is settled; not when stopped while the database was away."""
        while not stop.is_set():
            try:
                await self._apply(received)
                return True
            except _NOT_ITS_FAULT as error:
                log.warning("consumer.database_away", lane=self._lane, error=type(error).__name__)
                await asyncio.sleep(DATABASE_PAUSE_SECONDS)
            except Exception as error:
                if len(received) == 1:
                    await self._retry(received[0].message, retries, error)
                    return True
                log.warning("consumer.batch_failed", lane=self._lane, events=len(received), cause=cause_of(error))
                return all([await self._apply_all([one], retries, stop) for one in received])
        return False

    async def _apply(self, received: Sequence[Received]) -> None:
        actor = Actor(subject=self._service, correlation_id=received[0].event.correlation_id)
        new = await self._commands.run_as(actor, apply_events, received)
        metrics.APPLIED.labels(self._service, self._lane).inc(new)
        metrics.DUPLICATES.labels(self._service, self._lane).inc(len(received) - new)
        metrics.BATCH.labels(self._service).observe(len(received))

    async def _retry(self, message: AbstractIncomingMessage, retries: Retries, error: Exception) -> None:
        tier = await retries.later(message, self._queue, error)
        counter = metrics.DEAD if tier is None else metrics.RETRIES
        counter.labels(self._service, self._lane).inc()
        log.error(
            "event.dead" if tier is None else "event.retried",
            lane=self._lane,
            tier=tier,
            event=message.message_id,
            cause=cause_of(error),
            exc_info=error,
        )

    async def _bury(self, message: AbstractIncomingMessage, retries: Retries, error: Exception) -> None:
        await retries.bury(message, self._queue, error)
        metrics.DEAD.labels(self._service, self._lane).inc()
        log.error("event.dead", lane=self._lane, event=message.message_id, cause=cause_of(error))


async def _next_batch(
    arrived: asyncio.Queue[AbstractIncomingMessage], size: int, stop: asyncio.Event
) -> list[AbstractIncomingMessage]:
    """The next messages: at least one, up to `size` or what comes within the linger; none when stopped."""
    first = await _first(arrived, stop)
    if first is None:
        return []
    batch = [first]
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LINGER_SECONDS
    while len(batch) < size:
        try:
            batch.append(arrived.get_nowait())
        except asyncio.QueueEmpty:
            if (left := deadline - loop.time()) <= 0:
                break
            await asyncio.sleep(min(left, 0.005))
    return batch


async def _first(
    arrived: asyncio.Queue[AbstractIncomingMessage], stop: asyncio.Event
) -> AbstractIncomingMessage | None:
    getting = asyncio.create_task(arrived.get())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((getting, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if getting.done():
        return getting.result()
    getting.cancel()
    return None
