"""G2: every stored event is confirmed by the broker and routed at least once."""

import pytest
from aio_pika.exceptions import PublishError
from servicekit.bus.broker import Broker
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology

from tests.contracts.toy import LANE, MAKER, TAKER, Toy, event, running
from tests.support.waiting import eventually

UNKNOWN_LANE = "350899"


async def test_every_stored_event_reaches_the_queue_of_its_lane_and_is_marked(toy: Toy) -> None:
    await toy.open_accounts(30)

    dispatched = [await toy.relay(batch=20).dispatch() for _ in range(3)]

    assert dispatched == [20, 10, 0]
    assert await toy.pending() == 0
    assert await eventually(lambda: _all_waiting(toy, 30))


async def test_an_unroutable_publish_raises_instead_of_being_confirmed(toy: Toy) -> None:
    with pytest.raises(PublishError):
        await toy.send(event("a", lane=UNKNOWN_LANE))


async def test_unroutable_rows_stay_pending_and_go_out_when_their_lane_appears(toy: Toy) -> None:
    await toy.open_accounts(3, UNKNOWN_LANE)
    relay = toy.relay(unroutable_pause_seconds=0.05)
    dispatched = await relay.dispatch()
    pending = await toy.pending()
    channel = await toy.broker.channel()
    await toy.topology.declare_lane(channel, TAKER, UNKNOWN_LANE, ["#"])

    async with running(relay):
        await eventually(lambda: _none_pending(toy))

    queue = await channel.queue_delete(toy.topology.lane_queue(TAKER, UNKNOWN_LANE))
    await channel.close()
    assert (dispatched, pending) == (0, 3)
    assert queue.message_count == 3


async def test_unroutable_rows_do_not_stand_in_the_way_of_routable_ones(toy: Toy) -> None:
    """Even if they are more and older than what one claim takes, and are due again at once."""
    await toy.open_accounts(50, UNKNOWN_LANE)
    relay = toy.relay(batch=10, unroutable_pause_seconds=0)
    for _ in range(5):
        await relay.dispatch()
    await toy.open_accounts(5)

    dispatched = await relay.dispatch()

    assert dispatched == 5
    assert await toy.pending() == 50
    assert await toy.waiting() == 5


async def test_in_a_batch_of_both_the_routable_are_marked_and_the_others_are_given_back(toy: Toy) -> None:
    await toy.open_accounts(2, UNKNOWN_LANE)
    await toy.open_accounts(2)

    dispatched = await toy.relay().dispatch()

    assert dispatched == 2
    leased = await toy.database["outbox"].count_documents({"lease": {"$exists": True}})
    assert (await toy.pending(), leased) == (2, 0)


async def test_two_relays_at_work_lose_nothing_and_publish_each_row_once(toy: Toy) -> None:
    await toy.open_accounts(200)

    async with running(toy.relay(batch=15), toy.relay(batch=15)):
        await eventually(lambda: _none_pending(toy))

    assert await eventually(lambda: _all_waiting(toy, 200))


async def test_a_row_whose_relay_died_after_publishing_is_published_again_and_applied_once(toy: Toy) -> None:
    [id] = await toy.open_accounts(1)
    dying = toy.relay(lease_seconds=0.1)
    await dying.publish(await dying.claim())

    async with running(toy.relay(), toy.consumer()):
        await eventually(lambda: _none_pending(toy))
        await eventually(lambda: _is_applied(toy, id))
        await eventually(lambda: _nothing_waiting(toy))

    assert [note["subject"] for note in await toy.applied()] == [id]


async def test_a_relay_without_a_broker_claims_nothing(toy: Toy) -> None:
    await toy.open_accounts(1)
    nowhere = Broker("amqp://guest:guest@127.0.0.1:1/", name="nowhere")
    relay = Relay(toy.database, nowhere, Topology("nowhere"), source=MAKER)

    with pytest.raises(ConnectionError):
        await relay.dispatch()

    assert await toy.database["outbox"].count_documents({"lease": {"$exists": True}}) == 0


async def test_a_publish_that_fails_gives_all_its_rows_back(toy: Toy) -> None:
    await toy.open_accounts(3)
    relay = toy.relay()
    lease = await relay.claim()
    channel = await relay._open()
    await channel.close()

    confirmed = await relay.publish(lease)
    dispatched = await relay.dispatch()

    assert (len(confirmed), dispatched) in {(0, 3), (3, 0)}


async def test_a_stopped_relay_leaves_nothing_leased(toy: Toy) -> None:
    await toy.open_accounts(2_000)
    relay = toy.relay(batch=50)

    async with running(relay):
        await eventually(lambda: _some_dispatched(toy))

    leased = {"state": "pending", "lease": {"$exists": True}}
    assert await toy.database["outbox"].count_documents(leased) == 0
    assert await toy.waiting(LANE) == await toy.database["outbox"].count_documents({"state": "dispatched"})


async def _none_pending(toy: Toy) -> bool:
    return await toy.pending() == 0


async def _some_dispatched(toy: Toy) -> bool:
    return await toy.database["outbox"].count_documents({"state": "dispatched"}) > 0


async def _all_waiting(toy: Toy, count: int) -> bool:
    return await toy.waiting() == count


async def _nothing_waiting(toy: Toy) -> bool:
    return await toy.waiting() == 0


async def _is_applied(toy: Toy, id: str) -> bool:
    return any(note["subject"] == id for note in await toy.applied())
