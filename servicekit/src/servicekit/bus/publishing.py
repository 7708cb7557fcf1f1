"""Publishing with confirms, many messages in one write.

aio-pika publishes a message a task, each with its own lock, timers and write; that is most of what publishing costs.
This does for a whole batch what `aiormq.Channel.basic_publish` does for one message, on the same public parts of the
channel, and gets more than twice as far in the same time.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.common import FieldValue
from pamqp.header import ContentHeader

from servicekit.events import CONTENT_TYPE

CONFIRM_SECONDS = 15.0
_PERSISTENT = 2

Frame = Basic.Publish | ContentHeader | ContentBody


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish: its id, its routing key and its body."""

    id: str
    key: str
    body: bytes
    headers: Mapping[str, FieldValue] = field(default_factory=dict)


async def publish(channel: Channel, exchange: str, message: Outgoing) -> None:
    """Return when the broker has the message in a queue. Raises PublishError if no queue takes its key."""
    [outcome] = await publish_all(channel, exchange, [message])
    if outcome is not None:
        raise outcome


async def publish_all(
    channel: Channel, exchange: str, messages: Sequence[Outgoing], *, mandatory: bool = True
) -> list[BaseException | None]:
    """Publish `messages`, whose ids differ. For each None when the broker has it in a queue, else what went wrong.

    A PublishError says that no queue takes its key; without `mandatory` that is no error. Raises TimeoutError when the
    broker does not answer in time; what became of the messages is unknown then, and so the channel is of no use.
    """
    async with asyncio.timeout(CONFIRM_SECONDS):
        async with channel.lock:
            confirmations = [_expect_confirmation(channel, message.id) for message in messages]
            most = channel.max_content_size
            frames = (frame for message in messages for frame in _frames(message, exchange, most, mandatory))
            await channel.write_queue.put(ChannelFrame.marshall(channel.number, frames))
        outcomes = await asyncio.gather(*confirmations, return_exceptions=True)
    for message in messages:
        channel.message_id_delivery_tag.pop(message.id, None)
    return [outcome if isinstance(outcome, BaseException) else None for outcome in outcomes]


def _expect_confirmation(channel: Channel, id: str) -> "asyncio.Future[object]":
    channel.delivery_tag += 1
    confirmation = channel.create_future()
    channel.confirmations[channel.delivery_tag] = confirmation
    # By this, aiormq finds the confirmation of a message that comes back because no queue takes it.
    channel.message_id_delivery_tag[id] = channel.delivery_tag
    return confirmation


def _frames(message: Outgoing, exchange: str, most: int, mandatory: bool) -> Iterator[Frame]:
    yield Basic.Publish(exchange=exchange, routing_key=message.key, mandatory=mandatory)
    properties = Basic.Properties(
        content_type=CONTENT_TYPE,
        message_id=message.id,
        delivery_mode=_PERSISTENT,
        headers=dict(message.headers) or None,
    )
    yield ContentHeader(properties=properties, body_size=len(message.body))
    for start in range(0, len(message.body), most):
        yield ContentBody(message.body[start : start + most])
