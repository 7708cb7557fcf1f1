"""`python -m evaluation verify` proves the books, or says where they drifted."""

import asyncio
from datetime import UTC, datetime, timedelta

from evaluation.app import SERVICE
from evaluation.cli import commands as command_line
from evaluation.storage import verifications
from evaluation.storage.collections import CELLS, VERIFICATIONS
from evaluation.use_cases.keep_facts import keep_facts
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from typer.testing import CliRunner, Result

from tests.evaluation.facts import service


async def verify() -> Result:
    return await asyncio.to_thread(CliRunner().invoke, command_line(SERVICE), ["verify"])


async def test_books_without_drift_are_confirmed(environment: None, commands: Commands) -> None:
    await commands.run(keep_facts, [service("s1", "m1"), service("s2", "m1", "350803001001")])

    result = await verify()

    assert result.exit_code == 0
    assert "2 facts in 2 lanes, 0 drifts" in result.stdout


async def test_a_drift_is_shown_and_fails_the_command(
    environment: None, commands: Commands, database: Database
) -> None:
    await commands.run(keep_facts, [service("s1", "m1")])
    await database[CELLS].update_one({"period": "2017"}, {"$inc": {"counts.hours": 5}})

    result = await verify()

    assert result.exit_code == 1
    assert "1 drifts" in result.stdout
    assert "155" in result.stdout


async def test_a_verification_that_was_cut_off_goes_on_with_the_lanes_that_are_left(
    environment: None, commands: Commands, database: Database
) -> None:
    await commands.run(keep_facts, [service("s1", "m1"), service("s2", "m1", "350803001001")])
    await verifications.note(database, "350802", 40, 1)

    continued, afresh = await verify(), await verify()

    assert "41 facts in 2 lanes, 1 drifts" in continued.stdout
    assert "2 facts in 2 lanes, 0 drifts" in afresh.stdout


async def test_a_verification_that_was_cut_off_days_ago_proves_nothing_today(
    environment: None, commands: Commands, database: Database
) -> None:
    await commands.run(keep_facts, [service("s1", "m1")])
    await verifications.note(database, "350802", 40, 0)
    await database[VERIFICATIONS].update_one({}, {"$set": {"at": datetime.now(UTC) - timedelta(days=2)}})
    await database[CELLS].update_one({"period": "2017"}, {"$inc": {"counts.hours": 5}})

    result = await verify()

    assert (result.exit_code, "1 facts in 1 lanes, 1 drifts" in result.stdout) == (1, True)
