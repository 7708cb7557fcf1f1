"""Reminders: once for each thing that waits, and never at night."""

import asyncio
from datetime import UTC, date, datetime

import pytest
from evaluation.domain.reminders import quiet
from evaluation.storage.collections import REMINDERS
from evaluation.use_cases.keep_facts import keep_facts
from evaluation.use_cases.remind import remind_of_facts, remind_units
from servicekit.domain import FixedClock
from servicekit.events import Event
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.outbox import OUTBOX

from tests.evaluation.facts import OTHER_COMMUNITY, OTHER_UNIT, UNIT, line, registration, service

DAY, NIGHT = datetime(2017, 4, 3, 2, tzinfo=UTC), datetime(2017, 4, 3, 14, tzinfo=UTC)


def at(database: Database, now: datetime) -> Commands:
    return Commands(database, source="evaluation", clock=FixedClock(now))


async def told(database: Database) -> list[tuple[str, str, int]]:
    events = [Event.decode(row["body"]) async for row in database[OUTBOX].find().sort("_id")]
    return [
        (one.data["kind"], one.data["subject"], one.data["members"]) for one in events if one.fact == "reminder-due"
    ]


@pytest.fixture
async def waiting(commands: Commands) -> None:
    """On 3 April an overdue certificate and record, and others that aren't overdue or don't wait."""
    facts = [
        registration("m1", status="CERTIFIED", on=date(2017, 3, 1)),
        registration("m2", status="CERTIFIED", on=date(2017, 3, 30)),
        registration("m3"),
        service("s1", "m3", status="SUBMITTED", on=date(2017, 3, 5)),
        service("s2", "m3", status="SUBMITTED", on=date(2017, 4, 1)),
        service("s3", "m3", on=date(2017, 3, 5)),
    ]
    await commands.run(keep_facts, facts)


async def test_what_waits_too_long_is_told_once(database: Database, waiting: None) -> None:
    commands = at(database, DAY)

    counts = [await commands.run(remind_of_facts) for _ in range(3)]

    assert counts == [2, 0, 0]
    assert await told(database) == [("OVERDUE_CERTIFICATE", "r-m1", 1), ("UNCONFIRMED_RECORD", "s1", 1)]


async def test_workers_that_remind_at_once_tell_each_thing_once(database: Database, waiting: None) -> None:
    commands = at(database, DAY)

    await asyncio.gather(*(commands.run(remind_of_facts) for _ in range(4)))

    assert len(await told(database)) == await database[REMINDERS].count_documents({}) == 2


async def test_nobody_is_told_at_night(database: Database, waiting: None) -> None:
    assert await at(database, NIGHT).run(remind_of_facts) == 0
    assert await at(database, NIGHT).run(remind_units) == 0
    assert await told(database) == []


async def test_what_waits_anew_is_told_again_and_what_was_only_moved_is_not(
    database: Database, commands: Commands, waiting: None
) -> None:
    await at(database, DAY).run(remind_of_facts)
    moved = service("s1", "m3", OTHER_COMMUNITY, status="SUBMITTED", on=date(2017, 3, 5), version=2)
    issued_anew = registration("m1", status="CERTIFIED", on=date(2017, 3, 2), version=2)
    await commands.run(keep_facts, [moved, issued_anew])

    assert await at(database, DAY).run(remind_of_facts) == 1
    assert (await told(database))[2:] == [("OVERDUE_CERTIFICATE", "r-m1", 1)]


async def test_a_unit_with_members_to_register_is_told_once_a_month_how_many(
    database: Database, commands: Commands
) -> None:
    theirs = [line("m4", OTHER_UNIT), registration("m4", unit=OTHER_UNIT)]
    await commands.run(keep_facts, [line("m1"), line("m2"), line("m3"), registration("m1"), *theirs])

    counts = [await at(database, DAY).run(remind_units) for _ in range(2)]
    next_month = await at(database, datetime(2017, 5, 2, 2, tzinfo=UTC)).run(remind_units)

    assert [*counts, next_month] == [1, 0, 1]
    assert await told(database) == [("RESIDUAL", UNIT, 2)] * 2


async def test_a_unit_that_is_being_moved_is_told_once_of_its_members_as_a_whole(
    database: Database, commands: Commands
) -> None:
    """Two lines and a registration are where it sat, and so is not yet who is to come."""
    moved = [line("m1", division="350803001"), line("m2", division="350803001"), registration("m1")]
    to_come = line("m4", on=date(2017, 9, 1))
    await commands.run(keep_facts, [*moved, line("m3"), line("m5"), to_come])

    counts = [await at(database, DAY).run(remind_units) for _ in range(2)]

    assert counts == [1, 0]
    assert await told(database) == [("RESIDUAL", UNIT, 3)]


@pytest.mark.parametrize(("hour", "expected"), [(20, False), (21, True), (23, True), (0, True), (7, True), (8, False)])
def test_quiet_hours_are_those_of_the_city(hour: int, expected: bool) -> None:
    assert quiet(datetime(2017, 4, 3, (hour - 8) % 24, tzinfo=UTC)) is expected
