"""Deliveries become batches: in order, none lost, none taken after the end."""

import asyncio

from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from servicekit.bus.intake import Intake


def _message(tag: int) -> DeliveredMessage:
    delivery = Basic.Deliver(consumer_tag="c", delivery_tag=tag, exchange="", routing_key="")
    header = ContentHeader(properties=Basic.Properties(message_id=f"m{tag}"))
    return DeliveredMessage(delivery=delivery, header=header, body=b"{}", channel=None)  # type: ignore[arg-type]


async def test_a_full_batch_comes_at_once_and_in_order() -> None:
    intake = Intake()
    for tag in range(1, 6):
        await intake.put(_message(tag))

    batches = [await intake.batch(2) for _ in range(3)]

    assert [[delivery.tag for delivery in batch] for batch in batches] == [[1, 2], [3, 4], [5]]


async def test_a_batch_waits_for_its_first_message() -> None:
    intake = Intake()
    waiting = asyncio.create_task(intake.batch(10))
    await asyncio.sleep(0)
    was_done = waiting.done()

    await intake.put(_message(1))

    assert not was_done
    assert [delivery.id for delivery in await waiting] == ["m1"]


async def test_after_the_end_nothing_is_taken_though_it_waits() -> None:
    intake = Intake()
    await intake.put(_message(1))

    intake.end()

    assert await intake.batch(10) == []


async def test_the_end_wakes_who_waits() -> None:
    intake = Intake()
    waiting = asyncio.create_task(intake.batch(10))
    await asyncio.sleep(0)

    intake.end()

    assert await waiting == []
