"""G1: a state change and its events commit together or not at all."""

from collections.abc import Sequence

import pytest
from servicekit.bus.apply import Consumes, Subscriptions, apply_events
from servicekit.bus.messages import Delivery
from servicekit.domain import NotFound, new_id
from servicekit.events import Event, Fact
from servicekit.storage.work import Work

from tests.contracts.toy import ACCOUNTS, ACTOR, LANE, MAKER, TAKER, Account, Snapshot, Toy, add, event, open_accounts


async def test_a_committed_change_has_its_event_with_the_snapshot_at_its_version(toy: Toy) -> None:
    [id] = await toy.open_accounts(1)

    await toy.commands(MAKER).run_as(ACTOR, add, id, 7)

    stored = await toy.database[ACCOUNTS].find_one({"_id": id})
    rows = await toy.database["outbox"].find().sort("_id").to_list()
    opened, changed = (Event.decode(row["body"]) for row in rows)
    assert stored is not None
    assert (stored["version"], stored["balance"]) == (2, 7)
    assert (opened.fact, opened.version, opened.data) == ("account-opened", 1, {"balance": 0})
    assert (changed.fact, changed.version, changed.data) == ("account-changed", 2, {"balance": 7})
    assert (changed.subject, changed.lane, changed.correlation_id) == (id, LANE, ACTOR.correlation_id)
    assert [row["key"] for row in rows] == [f"{LANE}.maker.account-opened", f"{LANE}.maker.account-changed"]


@pytest.mark.parametrize("fault", [NotFound(what_zh="账户", what_en="account", id="x"), RuntimeError("a bug")])
async def test_a_use_case_that_is_refused_or_fails_stores_neither_aggregate_nor_event(
    toy: Toy, fault: Exception
) -> None:
    async def open_and_fail(work: Work, ids: Sequence[str]) -> None:
        await open_accounts(work, ids)
        await work.collection(ACCOUNTS).insert_one({"_id": "written at once"})
        await work.flush()
        raise fault

    with pytest.raises(type(fault)):
        await toy.commands(MAKER).run_as(ACTOR, open_and_fail, [new_id()])

    assert await toy.database[ACCOUNTS].count_documents({}) == 0
    assert await toy.database["outbox"].count_documents({}) == 0


async def test_a_failing_write_of_the_events_takes_the_change_with_it(toy: Toy) -> None:
    await toy.database.command("collMod", "outbox", validator={"key": {"$ne": f"{LANE}.maker.account-changed"}})
    [id] = await toy.open_accounts(1)

    with pytest.raises(Exception, match="Document failed validation"):
        await toy.commands(MAKER).run_as(ACTOR, add, id)

    stored = await toy.database[ACCOUNTS].find_one({"_id": id})
    assert stored is not None
    assert (stored["version"], stored["balance"]) == (1, 0)


async def test_two_facts_of_one_change_carry_the_same_version_and_snapshot(toy: Toy) -> None:
    async def open_twice_recorded(work: Work) -> None:
        account = Account(id=new_id(), lane=LANE)
        account.record("account-opened")
        account.record("account-changed")
        work.save(ACCOUNTS, account)
        work.save(ACCOUNTS, account)

    await toy.commands(MAKER).run_as(ACTOR, open_twice_recorded)

    events = [Event.decode(row["body"]) async for row in toy.database["outbox"].find().sort("_id")]
    assert [(one.fact, one.version) for one in events] == [("account-opened", 1), ("account-changed", 1)]


async def test_an_event_caused_by_an_event_names_it_and_keeps_its_correlation(toy: Toy) -> None:
    async def follow(work: Work, facts: Sequence[Fact[Snapshot]]) -> None:
        for fact in facts:
            account = Account(id=fact.subject, lane=fact.lane)
            account.record("account-opened")
            work.save(ACCOUNTS, account, cause=fact)

    cause = event("a", correlation_id="the request")
    subscriptions = Subscriptions([Consumes(MAKER, ("account-opened",), Snapshot, follow)])
    received = [subscriptions.read(Delivery(1, cause.id, cause.encode(), {}))]

    await toy.commands(TAKER).run_as(ACTOR, apply_events, received)

    row = await toy.database["outbox"].find_one()
    assert row is not None
    caused = Event.decode(row["body"])
    assert (caused.causation_id, caused.correlation_id) == (cause.id, "the request")
