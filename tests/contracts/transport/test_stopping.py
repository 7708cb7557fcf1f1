"""G6: a stop finishes the batch in hand and leaves the rest to others, unacknowledged and unclaimed."""

import asyncio
from contextlib import suppress

from servicekit.bus.broker import Broker
from servicekit.bus.consumer import Consumer
from servicekit.bus.loops import run_until
from servicekit.bus.relay import Relay
from servicekit.domain import SystemClock
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import connect, open_database

from tests.contracts.toy import MAKER, TAKER, Toy, event, running
from tests.support.waiting import eventually


async def test_the_batch_in_hand_is_finished_and_the_rest_is_available_to_another(toy: Toy) -> None:
    await toy.send(*(event(f"a{number}") for number in range(30)))
    toy.copies.may_leave.clear()

    async with running(toy.consumer(batch=10)) as stop:
        await toy.copies.entered.wait()
        stop.set()
        toy.copies.may_leave.set()
    finished = len(await toy.applied())
    waiting = await eventually(toy.waiting)
    async with running(toy.consumer()):
        await eventually(lambda: _count(toy, 30))

    assert (finished, waiting) == (10, 20)


async def test_a_batch_that_outlasts_the_grace_period_is_cut_off_and_stays_unacknowledged(toy: Toy) -> None:
    await toy.send(event("a"))
    toy.copies.may_leave.clear()

    async with running(toy.consumer(grace_seconds=0.1)):
        await toy.copies.entered.wait()

    assert await eventually(toy.waiting) == 1
    assert await toy.applied() == []


async def test_a_loop_that_loses_a_cancellation_is_cut_off_all_the_same() -> None:
    stop = asyncio.Event()
    stop.set()

    async def deaf_once() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        await run_until(stop, [deaf_once()], grace_seconds=0.05)


async def test_an_idle_relay_and_consumer_stop_at_once(toy: Toy) -> None:
    async with asyncio.timeout(5), running(toy.relay(), toy.consumer()):
        await toy.open_accounts(1)
        await eventually(lambda: _count(toy, 1))


async def test_without_a_broker_a_relay_and_a_consumer_stop_at_once(toy: Toy) -> None:
    nowhere = Broker("amqp://guest:guest@127.0.0.1:1/", name="nowhere")
    relay = Relay(toy.database, nowhere, toy.topology, source=MAKER)

    async with asyncio.timeout(5), running(relay, toy.consumer(broker=nowhere)):
        await toy.open_accounts(1)

    assert await toy.pending() == 1


async def test_without_a_database_a_relay_and_a_consumer_stop_within_the_grace_period(toy: Toy) -> None:
    client = connect("mongodb://127.0.0.1:1/", serverSelectionTimeoutMS=300)
    nowhere = open_database(client, "nowhere")
    relay = Relay(nowhere, toy.broker, toy.topology, source=MAKER)
    commands = Commands(nowhere, source=TAKER, clock=SystemClock(), patience_seconds=0.1)
    consumer = Consumer(TAKER, commands, toy.broker, toy.topology, toy.consumed, ["350802"], grace_seconds=2)
    await toy.send(event("a"))

    async with asyncio.timeout(8), running(relay, consumer):
        await eventually(lambda: _nothing_waiting(toy), message="the consumer has it in hand")
    await client.close()

    assert await eventually(toy.waiting) == 1


async def _count(toy: Toy, count: int) -> bool:
    return await toy.database["applied"].count_documents({}) == count


async def _nothing_waiting(toy: Toy) -> bool:
    return await toy.waiting() == 0
