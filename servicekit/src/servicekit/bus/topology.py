"""Names and arguments of the exchanges and queues, the same for everybody who declares them.

<namespace>.events                      topic exchange: `<lane>.<source>.<fact>`
<namespace>.<service>.<lane>            lane queue: quorum, one active consumer at a time
<namespace>.<service>.retry.<seconds>s  delay tier: an exchange and its queue; what expires goes back to its lane queue
<namespace>.<service>.dead              dead letters: listed and replayed by command
<namespace>.live                        topic exchange for listeners, whose queues live as long as their process
"""

from collections.abc import Iterable
from dataclasses import dataclass

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue

# Own attempts are counted in a header; these limits only stop a broker (4.x drops after 20) from dropping by itself.
_NO_DELIVERY_LIMIT = 1_000_000
_QUORUM: dict[str, str | int | bool] = {"x-queue-type": "quorum", "x-delivery-limit": _NO_DELIVERY_LIMIT}


@dataclass(frozen=True, slots=True)
class Topology:
    """Where events travel. Two systems with different namespaces share a broker without meeting."""

    namespace: str = "huijia"
    retry_seconds: tuple[float, ...] = (5, 60, 600)

    @property
    def events(self) -> str:
        return f"{self.namespace}.events"

    @property
    def live(self) -> str:
        return f"{self.namespace}.live"

    def lane_queue(self, service: str, lane: str) -> str:
        return f"{self.namespace}.{service}.{lane}"

    def retry(self, service: str, tier: int) -> str:
        return f"{self.namespace}.{service}.retry.{self.retry_seconds[tier]:g}s"

    def dead(self, service: str) -> str:
        return f"{self.namespace}.{service}.dead"

    async def declare_events(self, channel: AbstractChannel) -> AbstractExchange:
        return await channel.declare_exchange(self.events, ExchangeType.TOPIC, durable=True)

    async def declare_live(self, channel: AbstractChannel) -> AbstractExchange:
        """Apart from the events' own exchange, where a queue of a listener would make an event count as routed."""
        return await channel.declare_exchange(self.live, ExchangeType.TOPIC, durable=True)

    async def declare_service(self, channel: AbstractChannel, service: str) -> None:
        """The delay tiers and the dead letters of a consuming service."""
        await self.declare_dead(channel, service)
        for tier, seconds in enumerate(self.retry_seconds):
            name = self.retry(service, tier)
            exchange = await channel.declare_exchange(name, ExchangeType.FANOUT, durable=True)
            queue = await channel.declare_queue(
                name,
                durable=True,
                arguments={
                    **_QUORUM,
                    "x-message-ttl": int(seconds * 1000),
                    # The default exchange routes by queue name, and the message's key is its lane queue's name.
                    "x-dead-letter-exchange": "",
                    "x-dead-letter-strategy": "at-least-once",
                    "x-overflow": "reject-publish",
                },
            )
            await queue.bind(exchange)

    async def declare_dead(self, channel: AbstractChannel, service: str) -> AbstractQueue:
        return await channel.declare_queue(self.dead(service), durable=True, arguments=dict(_QUORUM))

    async def declare_lane(
        self, channel: AbstractChannel, service: str, lane: str, patterns: Iterable[str]
    ) -> AbstractQueue:
        """The queue of one lane, bound to `<lane>.<pattern>` for each pattern (`registration.*`, or `#` for all)."""
        queue = await channel.declare_queue(
            self.lane_queue(service, lane), durable=True, arguments={**_QUORUM, "x-single-active-consumer": True}
        )
        for pattern in patterns:
            await queue.bind(self.events, f"{lane}.{pattern}")
        return queue
