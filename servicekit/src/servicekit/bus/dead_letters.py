"""Dead letters: listed and replayed by command."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from servicekit.bus.broker import Broker
from servicekit.bus.retry import ATTEMPT, CAUSE, DIED_AT, LANE_QUEUE, attempts, copy_of
from servicekit.bus.topology import Topology


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
        channel = await self._broker.channel()
        try:
            return [_letter(message) async for message in self._messages(channel, limit)]
        finally:
            # What was got and not acknowledged goes back with the channel.
            await channel.close()

    async def replay(self, ids: set[str] | None = None, limit: int = 10_000) -> int:
        """Send dead letters (those with these ids, or all) back to their lanes, with fresh attempts; how many."""
        channel = await self._broker.channel()
        replayed = 0
        try:
            async for message in self._messages(channel, limit):
                letter = _letter(message)
                if ids is not None and letter.id not in ids:
                    continue
                await channel.default_exchange.publish(
                    copy_of(message, {ATTEMPT: 0}), letter.lane_queue, mandatory=True
                )
                await message.ack()
                replayed += 1
        finally:
            await channel.close()
        return replayed

    async def _messages(self, channel: AbstractChannel, limit: int) -> AsyncIterator[AbstractIncomingMessage]:
        queue = await self._topology.declare_dead(channel, self._service)
        for _ in range(limit):
            message = await queue.get(no_ack=False, fail=False)
            if message is None:
                return
            yield message


def _letter(message: AbstractIncomingMessage) -> DeadLetter:
    headers = message.headers
    return DeadLetter(
        id=message.message_id or "",
        lane_queue=str(headers.get(LANE_QUEUE, "")),
        cause=str(headers.get(CAUSE, "")),
        attempts=attempts(message),
        died_at=str(headers.get(DIED_AT, "")),
        body=message.body,
    )
