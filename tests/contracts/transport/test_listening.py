"""Listeners hear facts as they are confirmed, promise nothing to anybody, and stand in nobody's way."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from servicekit.bus.listener import BUFFERED_EVENTS, Listener, SubscriberTooSlow, SubscriptionInterrupted

from tests.contracts.toy import LANE, LANES, MAKER, TAKER, Toy
from tests.support.passage import passage

FACT = "account-opened"
UNKNOWN_LANE = "350899"


@pytest_asyncio.fixture
async def listener(toy: Toy, amqp_url: str) -> AsyncIterator[Listener]:
    listener = Listener(amqp_url, toy.topology, service=TAKER)
    yield listener
    await listener.close()


async def test_a_fact_is_heard_by_those_who_listen_to_its_lane_and_by_nobody_else(toy: Toy, listener: Listener) -> None:
    here, everywhere, elsewhere = [await listener.listen(MAKER, FACT, lane=lane) for lane in (LANE, "*", LANES[1])]

    opened = await toy.open_accounts(3)
    [afar] = await toy.open_accounts(1, LANES[1])
    await toy.relay(live=[FACT]).dispatch()

    assert sorted([(await anext(here)).subject for _ in opened]) == sorted(opened)
    assert sorted([(await anext(everywhere)).subject for _ in range(4)]) == sorted([*opened, afar])
    assert (await anext(elsewhere)).subject == afar


async def test_whoever_listens_does_not_make_an_event_count_as_routed(toy: Toy, listener: Listener) -> None:
    """Else an event that no service has a queue for yet would be lost."""
    await listener.listen(MAKER, FACT, lane=UNKNOWN_LANE)
    await toy.open_accounts(1, UNKNOWN_LANE)

    dispatched = await toy.relay(live=[FACT]).dispatch()

    assert (dispatched, await toy.pending()) == (0, 1)


async def test_who_does_not_take_events_is_ended_and_the_others_hear_on(toy: Toy, listener: Listener) -> None:
    slow, quick = await listener.listen(MAKER, FACT), await listener.listen(MAKER, FACT)
    heard = asyncio.create_task(_take(quick, BUFFERED_EVENTS + 1))

    await toy.open_accounts(BUFFERED_EVENTS + 1)
    await toy.relay(live=[FACT]).dispatch()

    assert len(await heard) == BUFFERED_EVENTS + 1
    with pytest.raises(SubscriberTooSlow):
        await _take(slow, BUFFERED_EVENTS + 1)


async def test_who_left_hears_nothing_and_a_newcomer_does(toy: Toy, listener: Listener) -> None:
    left = await listener.listen(MAKER, FACT)
    await left.aclose()
    await left.aclose()
    newcomer = await listener.listen(MAKER, FACT)

    [opened] = await toy.open_accounts(1)
    await toy.relay(live=[FACT]).dispatch()

    assert (await anext(newcomer)).subject == opened


async def test_a_lost_connection_ends_every_stream_and_the_next_one_connects_anew(toy: Toy, amqp_url: str) -> None:
    async with passage(amqp_url) as (url, cut):
        listener = Listener(url, toy.topology, service=TAKER)
        stream = await listener.listen(MAKER, FACT)

        cut()

        with pytest.raises(SubscriptionInterrupted):
            await anext(stream)
        again = await listener.listen(MAKER, FACT)
        [opened] = await toy.open_accounts(1)
        await toy.relay(live=[FACT]).dispatch()
        assert (await anext(again)).subject == opened
        await listener.close()


async def test_without_a_broker_nobody_begins_to_listen(toy: Toy) -> None:
    with pytest.raises(SubscriptionInterrupted):
        await Listener("amqp://127.0.0.1:1/", toy.topology, service=TAKER).listen(MAKER, FACT)


async def test_the_end_of_the_process_ends_every_stream(listener: Listener) -> None:
    stream = await listener.listen(MAKER, FACT)

    listener.end()

    with pytest.raises(SubscriptionInterrupted):
        await anext(stream)
    with pytest.raises(SubscriptionInterrupted):
        await listener.listen(MAKER, FACT)


async def _take(stream: AsyncIterator[object], count: int) -> list[object]:
    return [await anext(stream) for _ in range(count)]
