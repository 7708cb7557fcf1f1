"""Every event is archived with its effects, and the books can be rebuilt from the archive at any time."""

import asyncio

import pytest
from evaluation.app import SERVICE
from evaluation.cli import commands as command_line
from evaluation.messages.archived import newest_facts
from evaluation.storage import archive, verifications
from evaluation.storage.collections import ARCHIVE, CELLS, LEDGER, STANDINGS
from evaluation.storage.digests import digest
from evaluation.use_cases.rebuild import PROGRESS, Rebuild
from servicekit.bus.apply import apply_events
from servicekit.bus.messages import Delivery
from servicekit.domain import SystemClock
from servicekit.events import Event
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from typer.testing import CliRunner, Result

from tests.evaluation.events import SUBSCRIPTIONS, consume, event, record
from tests.evaluation.watch import Watch

BOOKS = (LEDGER, CELLS, STANDINGS)


async def archived(database: Database, lane: str = "350802") -> list[Event]:
    return [event async for batch in archive.batches(database, lane) for event in batch.events]


async def story(commands: Commands) -> None:
    """Services in two lanes, some confirmed, some rejected after it: three batches."""
    for status, version in (("SUBMITTED", 1), ("CONFIRMED", 2)):
        await consume(commands, [record(f"{number}", version, status) for number in range(9)])
    await consume(commands, [record("3", 3, "REJECTED"), record("77", 1, "CONFIRMED", lane="350803")])


async def digests(database: Database) -> list[str]:
    return [await digest(database[name]) for name in BOOKS]


@pytest.fixture
def rebuild(database: Database) -> Rebuild:
    return Rebuild(database, SystemClock(), newest_facts)


async def test_every_new_event_is_archived_once_even_one_overtaken_in_its_batch_or_of_no_interest(
    database: Database, commands: Commands
) -> None:
    first, second = record("1", 1, "SUBMITTED"), record("1", 2, "CONFIRMED")
    other = event("registration", "weather-changed", "x", 1, "350802", {})

    await consume(commands, [second, first, other, first])
    await consume(commands, [first])

    assert await archived(database) == [second, first, other]


async def test_an_event_without_effects_is_not_archived(database: Database, commands: Commands) -> None:
    async def fail(*_: object) -> None:
        await archive.append(*_)  # type: ignore[arg-type]
        raise ValueError("the batch failed")

    received = [SUBSCRIPTIONS.read(Delivery(1, "1", record("1", 1, "CONFIRMED").encode(), {}))]
    with pytest.raises(ValueError, match="failed"):
        await commands.run(apply_events, received, fail)

    assert await database[ARCHIVE].count_documents({}) == 0
    assert await database[LEDGER].count_documents({}) == 0


async def test_two_consumers_of_one_lane_archive_in_one_order_without_a_gap(
    database: Database, commands: Commands
) -> None:
    await asyncio.gather(*(consume(commands, [record(f"{number}", 1, "CONFIRMED")]) for number in range(8)))

    assert [batch.seq async for batch in archive.batches(database, "350802")] == list(range(1, 9))
    assert await archive.positions(database) == {"350802": 8}


async def test_a_rebuild_gives_the_same_bytes(database: Database, commands: Commands, rebuild: Rebuild) -> None:
    await story(commands)
    before = await digests(database)

    steps = [step async for step in rebuild.replay()]

    assert sum(step.events for step in steps) == 20
    assert await rebuild.differing() == []
    await rebuild.replace()
    assert await digests(database) == before
    await rebuild.clear()


async def test_a_rebuild_repairs_books_that_were_damaged(
    database: Database, commands: Commands, rebuild: Rebuild
) -> None:
    await story(commands)
    before = await digests(database)
    await database[CELLS].update_one({"period": "2017"}, {"$inc": {"counts.hours": 5}})
    await database[LEDGER].delete_one({"id": "4"})
    await verifications.note(database, "350802", 9, 2)

    async for _ in rebuild.replay():
        pass
    differing = await rebuild.differing()
    await rebuild.replace()
    await rebuild.clear()

    assert differing == [LEDGER, CELLS]
    assert await digests(database) == before
    assert await verifications.done(database) == {}
    assert "lane" in await database[LEDGER].index_information()


async def test_a_rebuild_that_was_cut_off_goes_on_where_it_was(
    database: Database, commands: Commands, rebuild: Rebuild
) -> None:
    await story(commands)
    replay = rebuild.replay()
    first = await anext(replay)
    await replay.aclose()

    again = Rebuild(database, SystemClock(), newest_facts)
    left = await again.events_left()
    steps = [step async for step in again.replay()]

    assert left == 20 - first.events == sum(step.events for step in steps)
    assert await again.differing() == []
    await again.clear()


async def test_a_rebuild_whose_clearing_was_cut_off_begins_anew(
    database: Database, commands: Commands, rebuild: Rebuild
) -> None:
    """A process that is killed while the database beside is dropped leaves some of its collections."""
    await story(commands)
    async for _ in rebuild.replay():
        pass
    for name in (PROGRESS, CELLS):
        await rebuild.rebuilt[name].drop()

    again = Rebuild(database, SystemClock(), newest_facts)
    async for _ in again.replay():
        pass

    assert await again.differing() == []
    await again.clear()


async def test_clearing_forgets_the_position_before_anything_else(
    commands: Commands, rebuild: Rebuild, watch: Watch
) -> None:
    await story(commands)
    async for _ in rebuild.replay():
        pass

    with watch.operations() as seen:
        await rebuild.clear()

    first, *others = [command["drop"] for command in seen]
    assert first == PROGRESS
    assert {*BOOKS} <= {*others}


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, command_line(SERVICE), arguments)


async def test_the_command_rebuilds_and_says_what_differed(
    environment: None, database: Database, commands: Commands
) -> None:
    await story(commands)
    await database[STANDINGS].delete_many({"member": "m1"})

    checked, replaced, same = await run("rebuild", "--check"), await run("rebuild"), await run("rebuild")

    assert (checked.exit_code, replaced.exit_code, same.exit_code) == (1, 1, 0)
    assert "Differed: standings. Left as they were" in checked.stdout
    assert "Differed: standings. Replaced" in replaced.stdout
    assert "byte for byte" in same.stdout
