"""The storage half of G2: a row is pending until a relay that holds its lease marks it; nothing else ends it."""

import asyncio

from servicekit.storage.outbox import Outbox

from tests.contracts.toy import Toy
from tests.support.waiting import eventually


def _ids(rows: list[dict[str, object]]) -> list[object]:
    return [row["_id"] for row in rows]


async def test_two_relays_that_claim_at_once_share_the_rows_and_miss_none(toy: Toy) -> None:
    await toy.open_accounts(60)

    leases = await asyncio.gather(*(Outbox(toy.database).claim(25) for _ in range(6)))
    last = await Outbox(toy.database).claim(100)

    claimed = [id for lease in [*leases, last] for id in _ids(lease.rows)]
    assert len(claimed) == len(set(claimed)) == 60


async def test_the_oldest_rows_are_claimed_first(toy: Toy) -> None:
    await toy.open_accounts(5)
    stored = [row["_id"] async for row in toy.database["outbox"].find().sort("_id")]

    lease = await Outbox(toy.database).claim(3)

    assert _ids(lease.rows) == stored[:3]


async def test_a_lease_that_expired_lets_another_relay_claim_the_rows(toy: Toy) -> None:
    await toy.open_accounts(3)
    crashed = await Outbox(toy.database, lease_seconds=0.2).claim(10)

    at_once = await Outbox(toy.database).claim(10)
    later = await eventually(lambda: _claim_some(Outbox(toy.database)))

    assert at_once.rows == []
    assert sorted(map(str, _ids(later))) == sorted(map(str, _ids(crashed.rows)))


async def test_a_holder_that_lost_its_lease_can_neither_mark_nor_release(toy: Toy) -> None:
    await toy.open_accounts(2)
    slow = Outbox(toy.database, lease_seconds=0)
    lost = await slow.claim(10)
    holder = await Outbox(toy.database).claim(10)

    marked = await slow.mark(lost, lost.rows)
    await slow.release(lost, lost.rows)
    await slow.put_off(lost, lost.rows, 0)

    assert marked == 0
    assert await toy.pending() == 2
    assert (await Outbox(toy.database).claim(10)).rows == []
    assert await Outbox(toy.database).mark(holder, holder.rows) == 2


async def test_a_marked_row_is_never_claimed_again(toy: Toy) -> None:
    await toy.open_accounts(2)
    outbox = Outbox(toy.database, lease_seconds=0)
    lease = await outbox.claim(10)

    await outbox.mark(lease, lease.rows)

    assert (await outbox.claim(10)).rows == []


async def test_released_rows_are_free_at_once(toy: Toy) -> None:
    await toy.open_accounts(2)
    outbox = Outbox(toy.database)
    lease = await outbox.claim(10)

    await outbox.release(lease, lease.rows)

    assert len((await outbox.claim(10)).rows) == 2


async def test_rows_put_off_are_not_claimed_before_their_time(toy: Toy) -> None:
    await toy.open_accounts(2)
    outbox = Outbox(toy.database)
    tried = await outbox.claim(10)

    await outbox.put_off(tried, tried.rows, 60)

    assert (await outbox.claim(10)).rows == []


async def test_rows_that_were_tried_stand_behind_those_never_tried(toy: Toy) -> None:
    await toy.open_accounts(2)
    outbox = Outbox(toy.database)
    tried = await outbox.claim(10)
    await outbox.put_off(tried, tried.rows, 0)
    await toy.open_accounts(1)

    first = await outbox.claim(1)
    then = await outbox.claim(10)

    assert _ids(first.rows)[0] not in _ids(tried.rows)
    assert sorted(map(str, _ids(then.rows))) == sorted(map(str, _ids(tried.rows)))


async def test_only_dispatched_rows_expire_a_day_after_the_dispatch(toy: Toy) -> None:
    await toy.open_accounts(1)
    outbox = Outbox(toy.database)

    indexes = await toy.database["outbox"].index_information()
    expiring = {name: spec for name, spec in indexes.items() if "expireAfterSeconds" in spec}
    pending = await toy.database["outbox"].find_one()
    lease = await outbox.claim(1)
    await outbox.mark(lease, lease.rows)
    dispatched = await toy.database["outbox"].find_one()

    assert {tuple(spec["key"]) for spec in expiring.values()} == {(("dispatched_at", 1),)}
    assert expiring["expire"]["expireAfterSeconds"] == 24 * 3600
    assert expiring["expire"]["partialFilterExpression"] == {"state": "dispatched"}
    assert pending is not None
    assert "dispatched_at" not in pending
    assert dispatched is not None
    assert dispatched["dispatched_at"] >= pending["stored_at"]


async def test_a_claim_asks_the_server_for_no_more_than_it_takes(toy: Toy) -> None:
    """Beyond what is leased right now, whatever is pending, dispatched or put off."""
    await toy.open_accounts(300)
    outbox = Outbox(toy.database)
    dispatched = await outbox.claim(100)
    await outbox.mark(dispatched, dispatched.rows)
    await outbox.claim(10)
    await toy.database.command("profile", 2)

    lease = await outbox.claim(5)

    await toy.database.command("profile", 0)
    reads = (
        await toy.database["system.profile"].find({"op": {"$in": ["query", "getmore"]}, "ns": _outbox(toy)}).to_list()
    )
    assert len(lease.rows) == 5
    assert [read["op"] for read in reads] == ["query"]
    assert reads[0]["nreturned"] == 5
    assert reads[0]["docsExamined"] <= 15


async def test_the_backlog_is_counted_and_aged_over_pending_rows_only(toy: Toy) -> None:
    empty = await Outbox(toy.database).backlog()
    await toy.open_accounts(3)
    lease = await Outbox(toy.database).claim(1)
    await Outbox(toy.database).mark(lease, lease.rows)

    rows, seconds = await Outbox(toy.database).backlog()

    assert empty == (0, 0.0)
    assert rows == 2
    assert 0 <= seconds < 60


async def _claim_some(outbox: Outbox) -> list[dict[str, object]]:
    return (await outbox.claim(10)).rows


def _outbox(toy: Toy) -> str:
    return f"{toy.database.name}.outbox"
