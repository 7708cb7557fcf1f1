"""Commands that race with themselves: nothing is lost, nothing exceeds, the loser sees the winner."""

import asyncio

import pytest
from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError
from servicekit.domain import Busy, Refusal, SystemClock, new_id
from servicekit.storage.commands import Commands
from servicekit.storage.work import VersionConflict, Work

from tests.contracts.toy import ACCOUNTS, ACTOR, LANE, MAKER, Account, Toy, add


class NameTaken(Refusal):
    zh = "名称已被占用:{name}"
    en = "This name is taken: {name}"


async def take_name(work: Work, name: str) -> str:
    if await work.collection("names").find_one({"name": name}):
        raise NameTaken(name=name)
    await work.collection("names").insert_one({"_id": new_id(), "name": name})
    return name


async def take_place(work: Work, id: str) -> bool:
    taken = await work.collection("places").update_one({"_id": id, "left": {"$gt": 0}}, {"$inc": {"left": -1}})
    if taken.modified_count:
        await work.collection("taken").insert_one({"place": id})
    return bool(taken.modified_count)


async def test_fifty_changes_of_one_aggregate_at_once_are_all_counted(toy: Toy) -> None:
    [id] = await toy.open_accounts(1)

    await asyncio.gather(*(toy.commands(MAKER, 60).run_as(ACTOR, add, id) for _ in range(50)))

    stored = await toy.database[ACCOUNTS].find_one({"_id": id})
    assert stored is not None
    assert (stored["balance"], stored["version"]) == (50, 51)
    assert await toy.database["outbox"].count_documents({}) == 51


async def test_two_hundred_takers_of_five_places_get_exactly_five(toy: Toy) -> None:
    for name in ("places", "taken"):
        await toy.database.create_collection(name)
    await toy.database["places"].insert_one({"_id": "offer", "left": 5})

    took = await asyncio.gather(*(toy.commands(MAKER, 60).run_as(ACTOR, take_place, "offer") for _ in range(200)))

    left = await toy.database["places"].find_one({"_id": "offer"})
    assert took.count(True) == 5
    assert left == {"_id": "offer", "left": 0}
    assert await toy.database["taken"].count_documents({}) == 5


async def test_a_crowd_that_wants_one_document_loses_few_races(toy: Toy) -> None:
    [id] = await toy.open_accounts(1)
    commands = toy.commands(MAKER, 60)
    runs = 0

    async def counted(work: Work) -> None:
        nonlocal runs
        runs += 1
        await add(work, id)

    await asyncio.gather(*(commands.run_as(ACTOR, counted) for _ in range(60)))

    stored = await toy.database[ACCOUNTS].find_one({"_id": id})
    assert stored is not None
    assert stored["balance"] == 60
    assert runs <= 60 * 4


async def add_in_turn(work: Work, id: str, runs: list[str]) -> None:
    await work.take_turns([id])
    runs.append(id)
    await add(work, id)


async def test_a_crowd_that_takes_turns_in_one_process_loses_no_race_and_among_processes_no_change(toy: Toy) -> None:
    [id, other] = await toy.open_accounts(2)
    process, elsewhere = toy.commands(MAKER, 60), toy.commands(MAKER, 60)
    alone: list[str] = []
    together: list[str] = []

    await asyncio.gather(*(process.run_as(ACTOR, add_in_turn, id, alone) for _ in range(30)))
    await asyncio.gather(
        *(commands.run_as(ACTOR, add_in_turn, other, together) for _ in range(15) for commands in (process, elsewhere))
    )

    assert len(alone) == 30
    stored = toy.database[ACCOUNTS].find({"_id": {"$in": [id, other]}})
    assert [account["balance"] async for account in stored] == [30, 30]


async def test_turns_at_several_things_are_taken_in_one_order_and_given_back_after_a_refusal(toy: Toy) -> None:
    async def refuse(work: Work, keys: list[str]) -> None:
        await work.take_turns(keys)
        raise NameTaken(name="home")

    commands = toy.commands(MAKER, 10)
    keys = ["a", "b", "c"]

    outcomes = await asyncio.gather(
        *(commands.run_as(ACTOR, refuse, keys[turn:] + keys[:turn]) for turn in (0, 1, 2) for _ in range(10)),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {NameTaken}


async def test_who_waits_for_a_turn_beyond_the_patience_is_told_busy(toy: Toy) -> None:
    commands = toy.commands(MAKER, 0.2)
    holding, done = asyncio.Event(), asyncio.Event()

    async def hold(work: Work) -> None:
        await work.take_turns(["offer"])
        holding.set()
        await done.wait()

    async def want(work: Work) -> None:
        await work.take_turns(["something else", "offer"])

    holder = asyncio.create_task(commands.run_as(ACTOR, hold))
    await holding.wait()
    with pytest.raises(Busy):
        await commands.run_as(ACTOR, want)
    done.set()
    await holder

    await commands.run_as(ACTOR, want)


async def test_a_stale_version_is_run_again_with_the_new_one(toy: Toy) -> None:
    [id] = await toy.open_accounts(1)
    runs = 0

    async def add_after_someone_else(work: Work) -> None:
        nonlocal runs
        runs += 1
        account = (await work.load(Account, ACCOUNTS, [id]))[id]
        if runs == 1:
            await toy.commands(MAKER).run_as(ACTOR, add, id, 10)
        account.balance += 1
        work.save(ACCOUNTS, account)

    await toy.commands(MAKER).run_as(ACTOR, add_after_someone_else)

    stored = await toy.database[ACCOUNTS].find_one({"_id": id})
    assert stored is not None
    assert (runs, stored["balance"], stored["version"]) == (2, 11, 3)


async def test_an_aggregate_loaded_in_an_earlier_unit_cannot_overwrite_a_newer_version(toy: Toy) -> None:
    [id] = await toy.open_accounts(1)
    stale = Account(id=id, lane=LANE, version=1, balance=99)
    await toy.commands(MAKER).run_as(ACTOR, add, id, 10)

    async def save_stale(work: Work) -> None:
        stale.version = 1
        work.save(ACCOUNTS, stale)

    with pytest.raises(Busy):
        await toy.commands(MAKER, patience_seconds=0.1).run_as(ACTOR, save_stale)

    stored = await toy.database[ACCOUNTS].find_one({"_id": id})
    assert stored is not None
    assert stored["balance"] == 10


async def test_the_loser_of_a_unique_key_runs_again_sees_the_winner_and_is_refused(toy: Toy) -> None:
    await toy.database["names"].create_index([("name", ASCENDING)], unique=True)

    outcomes = await asyncio.gather(
        *(toy.commands(MAKER).run_as(ACTOR, take_name, "home") for _ in range(20)), return_exceptions=True
    )

    assert outcomes.count("home") == 1
    assert sum(isinstance(outcome, NameTaken) for outcome in outcomes) == 19


async def test_a_duplicate_key_that_the_use_case_never_sees_is_a_fault_after_a_few_runs(toy: Toy) -> None:
    await toy.database["names"].insert_one({"_id": "taken"})
    runs = 0

    async def insert_blindly(work: Work) -> None:
        nonlocal runs
        runs += 1
        await work.collection("names").insert_one({"_id": "taken"})

    with pytest.raises(DuplicateKeyError):
        await toy.commands(MAKER).run_as(ACTOR, insert_blindly)

    assert 1 < runs < 10


async def test_who_loses_every_race_is_told_busy_when_the_patience_is_over(toy: Toy) -> None:
    runs = 0

    async def always_stale(_work: Work) -> None:
        nonlocal runs
        runs += 1
        raise VersionConflict(ACCOUNTS)

    with pytest.raises(Busy) as busy:
        await toy.commands(MAKER, patience_seconds=0.2).run_as(ACTOR, always_stale)

    assert runs > 1
    assert busy.value.next_step("en") == "Try again in a moment."


async def test_the_relay_is_woken_after_the_commit_and_not_after_a_refusal(toy: Toy) -> None:
    woken: list[int] = []
    commands = Commands(toy.database, source=MAKER, clock=SystemClock(), committed=lambda: woken.append(1))
    await toy.database["names"].insert_one({"_id": "x", "name": "taken"})

    with pytest.raises(NameTaken):
        await commands.run_as(ACTOR, take_name, "taken")
    after_the_refusal = len(woken)
    await commands.run_as(ACTOR, take_name, "free")

    assert (after_the_refusal, len(woken)) == (0, 1)
