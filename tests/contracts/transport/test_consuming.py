"""G3 and G4 over the wire: whatever the broker does, effects happen once and the newest version remains."""

from servicekit.domain import new_id

from tests.contracts.toy import LANE, OTHER_LANE, Toy, event, running
from tests.support.waiting import eventually


async def test_when_a_duplicate_message_arrives_its_effect_happens_once(toy: Toy) -> None:
    one, last = event("a"), event("last")
    await toy.send(one, one, one, last)

    async with running(toy.consumer(batch=2)):
        await eventually(lambda: _applied(toy, last.id))

    assert sorted(note["event"] for note in await toy.applied()) == sorted([one.id, last.id])


async def test_when_messages_arrive_out_of_order_the_newest_version_remains(toy: Toy) -> None:
    await toy.send(*(event("a", version, balance=version) for version in (2, 4, 1, 3)), event("last"))

    async with running(toy.consumer(batch=1)):
        await eventually(lambda: _kept(toy, "last"))

    assert (await toy.kept())["a"]["version"] == 4


async def test_all_lanes_of_a_consumer_are_consumed(toy: Toy) -> None:
    first, second = event("a", lane=LANE), event("b", lane=OTHER_LANE)
    await toy.send(first, second)

    async with running(toy.consumer()):
        await eventually(lambda: _applied(toy, first.id))
        await eventually(lambda: _applied(toy, second.id))


async def test_a_lane_that_is_not_ours_is_left_to_others(toy: Toy) -> None:
    ours, theirs = event("a", lane=LANE), event("b", lane=OTHER_LANE)
    await toy.send(theirs, ours)

    async with running(toy.consumer([LANE])):
        await eventually(lambda: _applied(toy, ours.id))

    assert [note["event"] for note in await toy.applied()] == [ours.id]
    assert await toy.waiting(OTHER_LANE) == 1


async def test_an_event_that_nobody_asked_for_is_acknowledged_and_has_no_effect(toy: Toy) -> None:
    consumer = toy.consumer(take_all=True)
    await consumer.declare()
    unknown, last = event("a", fact="account-audited"), event("last")
    await toy.send(unknown, event("b", source="stranger"), last)

    async with running(consumer):
        await eventually(lambda: _applied(toy, last.id))

    assert [note["event"] for note in await toy.applied()] == [last.id]
    assert await toy.waiting() == 0
    assert await toy.dead_letters.list() == []


async def test_nothing_is_acknowledged_before_the_commit(toy: Toy) -> None:
    one = event("a")
    await toy.send(one)
    toy.copies.may_leave.clear()
    first = toy.consumer(grace_seconds=0.1)

    async with running(first):
        await toy.copies.entered.wait()
    after_the_cut = await eventually(lambda: toy.waiting())
    effects = await toy.applied()
    toy.copies.may_leave.set()
    async with running(toy.consumer()):
        await eventually(lambda: _applied(toy, one.id))

    assert (after_the_cut, effects) == (1, [])
    assert len(await toy.applied()) == 1


async def test_a_thousand_events_over_two_lanes_have_a_thousand_effects(toy: Toy) -> None:
    ids = [*await toy.open_accounts(500, LANE), *await toy.open_accounts(500, OTHER_LANE)]

    async with running(toy.relay(), toy.consumer()):
        await eventually(lambda: _count(toy, 1000), within=30)

    assert sorted(note["subject"] for note in await toy.applied()) == sorted(ids)


async def test_a_consumer_whose_channel_the_broker_closes_goes_on_with_a_new_one(toy: Toy) -> None:
    async with running(toy.consumer()):
        first = event(new_id())
        await toy.send(first)
        await eventually(lambda: _applied(toy, first.id))
        channel = await toy.broker.channel()
        await channel.queue_delete(toy.topology.lane_queue("taker", LANE))
        await channel.close()
        await eventually(lambda: _declared(toy), message="the queue is declared again")
        second = event(new_id())
        await toy.send(second)

        await eventually(lambda: _applied(toy, second.id))


async def _declared(toy: Toy) -> bool:
    from aio_pika.exceptions import ChannelNotFoundEntity, PublishError

    try:
        await toy.send(event("probe"))
    except (ChannelNotFoundEntity, PublishError):
        return False
    return True


async def _applied(toy: Toy, id: str) -> bool:
    return await toy.database["applied"].count_documents({"event": id}) > 0


async def _count(toy: Toy, count: int) -> bool:
    return await toy.database["applied"].count_documents({}) == count


async def _kept(toy: Toy, subject: str) -> bool:
    return subject in await toy.kept()
