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

from tests.evaluation.facts import OTHER_UNIT, UNIT, line, registration, service

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


async def test_a_new_version_that_waits_is_told_again(database: Database, commands: Commands, waiting: None) -> None:
    await at(database, DAY).run(remind_of_facts)
    await commands.run(keep_facts, [service("s1", "m3", status="SUBMITTED", on=date(2017, 3, 6), version=2)])

    assert await at(database, DAY).run(remind_of_facts) == 1


async def test_a_unit_with_members_to_register_is_told_once_a_month_how_many(
    database: Database, commands: Commands
) -> None:
    theirs = [line("m4", OTHER_UNIT), registration("m4", unit=OTHER_UNIT)]
    await commands.run(keep_facts, [line("m1"), line("m2"), line("m3"), registration("m1"), *theirs])

    counts = [await at(database, DAY).run(remind_units) for _ in range(2)]
    next_month = await at(database, datetime(2017, 5, 2, 2, tzinfo=UTC)).run(remind_units)

    assert [*counts, next_month] == [1, 0, 1]
    assert await told(database) == [("RESIDUAL", UNIT, 2)] * 2


@pytest.mark.parametrize(("hour", "expected"), [(20, False), (21, True), (23, True), (0, True), (7, True), (8, False)])
def test_quiet_hours_are_those_of_the_city(hour: int, expected: bool) -> None:
    assert quiet(datetime(2017, 4, 3, (hour - 8) % 24, tzinfo=UTC)) is expected
