"""Messages as the bus receives them, on aiormq's channel: aio-pika's own objects cost twice the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from pamqp.common import FieldValue


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
