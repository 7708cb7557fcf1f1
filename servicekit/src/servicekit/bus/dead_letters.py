"""Dead letters: listed and replayed by command."""

from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from aio_pika.exceptions import PublishError
from aiormq.channel import Channel
from pamqp.commands import Basic

from servicekit.bus.broker import Broker, close_quietly
from servicekit.bus.messages import Delivery, lower
from servicekit.bus.retry import ATTEMPT, CAUSE, DIED_AT, LANE_QUEUE, attempts, resend
from servicekit.bus.topology import Topology

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could not be applied: its id, the lane queue it came from, why, after how many attempts, when."""

    id: str
    lane_queue: str
    cause: str
    attempts: int
    died_at: str
    body: bytes


class DeadLetters:
    """The dead letters of one service. While one of these is at work, others see none of what it looks at."""

    def __init__(self, broker: Broker, topology: Topology, service: str) -> None:
        self._broker = broker
        self._topology = topology
        self._service = service

    async def list(self, limit: int = 100) -> list[DeadLetter]:
        """The oldest dead letters; they stay where they are."""
        async with self._opened() as (channel, count):
            return [_letter(delivery) async for delivery in self._take(channel, min(limit, count))]

    async def replay(self, ids: Set[str] | None = None, limit: int = 10_000) -> int:
        """Send dead letters (those with these ids, or all) back to their lanes, with fresh attempts; how many.

        One whose lane has no queue any more stays. What dies again meanwhile is left for the next replay.
        """
        replayed = 0
        async with self._opened() as (channel, count):
            async for delivery in self._take(channel, min(limit, count)):
                if ids is None or delivery.id in ids:
                    replayed += await self._replay(channel, delivery)
        return replayed

    async def _replay(self, channel: Channel, delivery: Delivery) -> bool:
        letter = _letter(delivery)
        try:
            await resend(channel, delivery, "", letter.lane_queue, {ATTEMPT: 0})
        except PublishError:
            log.warning("dead_letter.no_lane", event_id=letter.id, lane_queue=letter.lane_queue)
            return False
        await channel.basic_ack(delivery.tag)
        return True

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[tuple[Channel, int]]:
        """A channel, and how many dead letters there are now. What is not acknowledged goes back with the channel."""
        channel = await self._broker.channel()
        try:
            queue = await self._topology.declare_dead(channel, self._service)
            yield await lower(channel), queue.declaration_result.message_count or 0
        finally:
            await close_quietly(channel)

    async def _take(self, channel: Channel, most: int) -> AsyncIterator[Delivery]:
        for _ in range(most):
            message = await channel.basic_get(self._topology.dead(self._service))
            if isinstance(message.delivery, Basic.GetEmpty):
                return
            yield Delivery.of(message)


def _letter(delivery: Delivery) -> DeadLetter:
    headers = delivery.headers
    return DeadLetter(
        id=delivery.id,
        lane_queue=str(headers.get(LANE_QUEUE, "")),
        cause=str(headers.get(CAUSE, "")),
        attempts=attempts(delivery),
        died_at=str(headers.get(DIED_AT, "")),
        body=delivery.body,
    )
