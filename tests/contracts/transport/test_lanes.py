"""Replicas share lanes: one active consumer each, handed over when a replica dies or stops."""

import asyncio

from aio_pika.exceptions import ChannelNotFoundEntity
from servicekit.bus.broker import Broker, close_quietly

from tests.contracts.toy import LANE, TAKER, Copies, Toy, event, running
from tests.support.waiting import eventually


def _replica(toy: Toy) -> Toy:
    return Toy(toy.database, toy.broker, toy.topology, Copies())


async def test_a_lane_has_one_active_consumer_however_many_replicas(toy: Toy) -> None:
    first, second = _replica(toy), _replica(toy)

    async with running(first.consumer(batch=5)):
        await toy.send(event("before"))
        await eventually(first.copies.entered.is_set)
        async with running(second.consumer(batch=5)):
            await toy.send(*(event(f"a{number}") for number in range(50)))
            await eventually(lambda: _count(toy, 51))

    assert not second.copies.entered.is_set()


async def test_when_a_replica_stops_the_other_takes_its_lanes_over(toy: Toy) -> None:
    first, second = _replica(toy), _replica(toy)

    async with running(first.consumer()) as stop_first:
        await toy.send(event("a"))
        await eventually(lambda: _count(toy, 1))
        async with running(second.consumer()):
            stop_first.set()
            await toy.send(event("b"))
            await eventually(lambda: _count(toy, 2))
            await eventually(second.copies.entered.is_set)


async def test_when_a_replica_dies_the_other_gets_what_it_had_in_hand(toy: Toy, amqp_url: str) -> None:
    dying, other = _replica(toy), _replica(toy)
    dying.copies.may_leave.clear()
    its_connection = await Broker.connect(amqp_url, name="dying")
    in_hand = event("a")

    task = asyncio.create_task(dying.consumer(broker=its_connection).run(asyncio.Event()))
    await toy.send(in_hand)
    await dying.copies.entered.wait()
    async with running(other.consumer([LANE])):
        task.cancel()
        await asyncio.wait([task])
        await its_connection.close()
        await eventually(lambda: _count(toy, 1))

    assert other.copies.entered.is_set()
    assert [note["event"] for note in await toy.applied()] == [in_hand.id]


async def test_a_part_of_a_split_lane_is_a_lane_of_its_own(toy: Toy) -> None:
    whole, part = _replica(toy), _replica(toy)

    async with running(whole.consumer([LANE]), part.consumer([f"{LANE}-2"])):
        await eventually(lambda: _declared(toy, f"{LANE}-2"))
        await toy.send(event("a"), event("b", lane=f"{LANE}-2"))
        await eventually(lambda: _count(toy, 2))

    assert whole.copies.entered.is_set()
    assert part.copies.entered.is_set()
    await _delete(toy, f"{LANE}-2")


async def _declared(toy: Toy, lane: str) -> bool:
    try:
        await toy.waiting(lane)
    except ChannelNotFoundEntity:
        return False
    return True


async def _delete(toy: Toy, lane: str) -> None:
    channel = await toy.broker.channel()
    await channel.queue_delete(toy.topology.lane_queue(TAKER, lane))
    await close_quietly(channel)


async def _count(toy: Toy, count: int) -> bool:
    return await toy.database["applied"].count_documents({}) == count
