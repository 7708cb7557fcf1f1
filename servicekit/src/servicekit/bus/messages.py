"""Messages as the bus sends and receives them, on aiormq's channel: aio-pika's own objects cost twice the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from pamqp.commands import Basic
from pamqp.common import FieldValue

from servicekit.bus.envelope import CONTENT_TYPE

CONFIRM_SECONDS = 15.0
_PERSISTENT = 2


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message delivered and not yet acknowledged. `tag` belongs to the channel that delivered it."""

    tag: int
    id: str
    body: bytes
    headers: Mapping[str, FieldValue]

    @classmethod
    def of(cls, message: DeliveredMessage) -> Self:
        properties = message.header.properties
        return cls(message.delivery_tag or 0, properties.message_id or "", message.body, properties.headers or {})


async def lower(channel: AbstractChannel) -> Channel:
    """The aiormq channel of an aio-pika channel."""
    channel_below = await channel.get_underlay_channel()
    assert isinstance(channel_below, Channel)
    return channel_below


async def publish(
    channel: Channel,
    body: bytes,
    *,
    id: str,
    exchange: str,
    key: str,
    headers: Mapping[str, FieldValue] | None = None,
) -> None:
    """Return when the broker has the message in a queue. Raises PublishError if no queue takes this key."""
    await channel.basic_publish(
        body,
        exchange=exchange,
        routing_key=key,
        properties=Basic.Properties(
            content_type=CONTENT_TYPE,
            message_id=id,
            delivery_mode=_PERSISTENT,
            headers=dict(headers) if headers else None,
        ),
        mandatory=True,
        timeout=CONFIRM_SECONDS,
        # The confirm is waited for; a drain of the socket for each message would only serialize them.
        wait=False,
    )
