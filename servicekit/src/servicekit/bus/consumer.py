"""The consumer: takes the events of its lanes in batches and has each batch settled before it is acknowledged."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from aio_pika.abc import AbstractChannel

from servicekit.bus.apply import Archive, Consumes, Subscriptions
from servicekit.bus.broker import Broker, close_quietly
from servicekit.bus.intake import Intake
from servicekit.bus.lane import Lane
from servicekit.bus.loops import GRACE_SECONDS, keep_going, run_until
from servicekit.bus.messages import lower
from servicekit.bus.retry import Retries
from servicekit.bus.topology import Topology
from servicekit.storage.commands import Commands

BATCH = 256
PREFETCH = 2 * BATCH


class Consumer:
    """Consumes the given lanes of one service. Replicas share lanes: each lane has one active consumer at a time."""

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
        archive: Archive | None = None,
        batch: int = BATCH,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        """`take_all` binds the lanes to every event, so that each published one is routed somewhere.

        `archive` gets every event that is new, wanted by a handler or not, in the transaction of its effects.
        """
        self._service = service
        self._commands = commands
        self._broker = broker
        self._topology = topology
        self._subscriptions = Subscriptions(consumed)
        self._patterns = ["#"] if take_all else self._subscriptions.patterns
        self._lanes = lanes
        self._archive = archive
        self._batch = batch
        self._grace = grace_seconds

    async def declare(self) -> None:
        """Make the queues of the lanes, so that what is published from now on is kept."""
        channel = await self._broker.channel()
        try:
            for lane in self._lanes:
                await self._declare(channel, lane)
        finally:
            await close_quietly(channel)

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop`: the batch in hand is finished, everything else goes back to the queue."""
        loops = [keep_going("consumer", partial(self._consume, lane, stop), stop, lane=lane) for lane in self._lanes]
        await run_until(stop, loops, self._grace)

    async def _consume(self, lane: str, stop: asyncio.Event) -> None:
        """Consume one lane until `stop` or until the channel is gone."""
        channel = await self._broker.channel(prefetch=PREFETCH)
        try:
            await self._declare(channel, lane)
            await self._handle_all(lane, channel, stop)
        finally:
            # What was delivered and not acknowledged goes back to the queue.
            await close_quietly(channel)

    async def _declare(self, channel: AbstractChannel, lane: str) -> None:
        await self._topology.declare_events(channel)
        await self._topology.declare_service(channel, self._service)
        await self._topology.declare_lane(channel, self._service, lane, self._patterns)

    async def _handle_all(self, lane: str, channel: AbstractChannel, stop: asyncio.Event) -> None:
        underlay = await lower(channel)
        queue = self._topology.lane_queue(self._service, lane)
        retries = Retries(underlay, self._topology, self._service)
        worker = Lane(self._service, lane, queue, self._commands, self._subscriptions, retries, self._archive)
        intake = Intake()
        underlay.closing.add_done_callback(lambda _: intake.end())
        underlay.on_consumer_cancel_callbacks.add(lambda _: intake.end())
        with _when(stop, intake.end):
            await underlay.basic_consume(queue, intake.put)
            while deliveries := await intake.batch(self._batch):
                await worker.handle(deliveries, stop)
                # A channel delivers in order, so all up to the last one are settled.
                await underlay.basic_ack(deliveries[-1].tag, multiple=True)
        if not stop.is_set():
            raise ConnectionError("the broker closed the channel or cancelled the consumer")


@contextmanager
def _when(stop: asyncio.Event, call: Callable[[], None]) -> Iterator[None]:
    """Within, `call` is called when `stop` is set."""
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda _: call())
    try:
        yield
    finally:
        stopping.cancel()
