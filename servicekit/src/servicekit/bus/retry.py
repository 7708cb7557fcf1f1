"""Where an event goes that failed alone: the delay tiers, then the dead letters. Each move is a confirmed publish."""

from datetime import UTC, datetime
from typing import Self

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage, HeadersType

from servicekit.bus.topology import Topology

ATTEMPT = "x-attempt"
CAUSE = "x-cause"
LANE_QUEUE = "x-lane-queue"
DIED_AT = "x-died-at"


class Retries:
    """Moves failed messages of one service on."""

    def __init__(self, default: AbstractExchange, tiers: list[AbstractExchange], dead: str) -> None:
        self._default = default
        self._tiers = tiers
        self._dead = dead

    @classmethod
    async def open(cls, channel: AbstractChannel, topology: Topology, service: str) -> Self:
        tiers = [
            await channel.get_exchange(topology.retry(service, tier)) for tier in range(len(topology.retry_seconds))
        ]
        return cls(channel.default_exchange, tiers, topology.dead(service))

    async def later(self, message: AbstractIncomingMessage, lane_queue: str, error: Exception) -> int | None:
        """Send `message` to its next delay tier and answer which; None when it went to the dead letters."""
        attempt = attempts(message)
        if attempt >= len(self._tiers):
            await self.bury(message, lane_queue, error)
            return None
        copy = copy_of(message, {ATTEMPT: attempt + 1, CAUSE: cause_of(error)})
        await self._tiers[attempt].publish(copy, lane_queue, mandatory=True)
        return attempt

    async def bury(self, message: AbstractIncomingMessage, lane_queue: str, error: Exception) -> None:
        """Put `message` to the dead letters with its cause."""
        died_at = datetime.now(UTC).isoformat(timespec="seconds")
        headers: HeadersType = {
            ATTEMPT: attempts(message),
            CAUSE: cause_of(error),
            LANE_QUEUE: lane_queue,
            DIED_AT: died_at,
        }
        await self._default.publish(copy_of(message, headers), self._dead, mandatory=True)


def attempts(message: AbstractIncomingMessage) -> int:
    """How often this message failed before."""
    attempt = message.headers.get(ATTEMPT, 0)
    return attempt if isinstance(attempt, int) else 0


def copy_of(message: AbstractIncomingMessage, headers: HeadersType) -> Message:
    return Message(
        message.body,
        headers=headers,
        content_type=message.content_type,
        message_id=message.message_id,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def cause_of(error: Exception) -> str:
    """What went wrong, in one line of 300 characters at most."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
