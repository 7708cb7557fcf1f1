"""Where an event goes that failed alone: the delay tiers, then the dead letters. Each move is a confirmed publish."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiormq.channel import Channel
from pamqp.common import FieldValue

from servicekit.bus.messages import Delivery
from servicekit.bus.publishing import Outgoing, publish
from servicekit.bus.topology import Topology

ATTEMPT = "x-attempt"
CAUSE = "x-cause"
LANE_QUEUE = "x-lane-queue"
DIED_AT = "x-died-at"

_DEFAULT_EXCHANGE = ""


class Retries:
    """Moves failed messages of one service on."""

    def __init__(self, channel: Channel, topology: Topology, service: str) -> None:
        self._channel = channel
        self._topology = topology
        self._service = service

    async def later(self, delivery: Delivery, lane_queue: str, error: Exception) -> int | None:
        """Send `delivery` to its next delay tier and answer which; None when it went to the dead letters."""
        attempt = attempts(delivery)
        if attempt >= len(self._topology.retry_seconds):
            await self.bury(delivery, lane_queue, error, attempt + 1)
            return None
        tier = self._topology.retry(self._service, attempt)
        await resend(self._channel, delivery, tier, lane_queue, {ATTEMPT: attempt + 1, CAUSE: cause_of(error)})
        return attempt

    async def bury(self, delivery: Delivery, lane_queue: str, error: Exception, attempt: int | None = None) -> None:
        """Put `delivery` to the dead letters with its cause, after that many attempts."""
        headers: Mapping[str, FieldValue] = {
            ATTEMPT: attempts(delivery) + 1 if attempt is None else attempt,
            CAUSE: cause_of(error),
            LANE_QUEUE: lane_queue,
            DIED_AT: datetime.now(UTC).isoformat(timespec="seconds"),
        }
        await resend(self._channel, delivery, _DEFAULT_EXCHANGE, self._topology.dead(self._service), headers)


async def resend(
    channel: Channel, delivery: Delivery, exchange: str, key: str, headers: Mapping[str, FieldValue]
) -> None:
    """Publish a copy of `delivery` with these headers."""
    await publish(channel, exchange, Outgoing(delivery.id, key, delivery.body, headers))


def attempts(delivery: Delivery) -> int:
    """How often this message failed before."""
    attempt = delivery.headers.get(ATTEMPT, 0)
    return attempt if isinstance(attempt, int) and attempt >= 0 else 0


def cause_of(error: Exception) -> str:
    """What went wrong, in one line of 300 characters at most."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
