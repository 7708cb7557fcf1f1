"""Books that another version counted are counted anew before this one works on them, and say so until then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from evaluation.app import SERVICE
from evaluation.cli import commands as command_line
from evaluation.domain.books import RULES
from evaluation.settings import EvaluationSettings
from evaluation.storage import rules
from evaluation.storage.collections import COUNTED_BY, LEDGER
from evaluation.use_cases.prove import OUTDATED, outdated
from servicekit.runtime.application import build_app
from servicekit.runtime.health import Health
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from typer.testing import CliRunner, Result

from tests.evaluation.events import consume, record
from tests.support.waiting import eventually

ELSE = (rules.UNKNOWN, RULES + 1)


async def counted_by(database: Database, version: int) -> None:
    """UNKNOWN: by a version that didn't note it."""
    await database[COUNTED_BY].delete_many({})
    if version != rules.UNKNOWN:
        await database[COUNTED_BY].insert_one({"_id": "books", "version": version})


async def run(*arguments: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, command_line(SERVICE), arguments)


async def test_books_are_of_the_version_that_began_them(database: Database, commands: Commands) -> None:
    await counted_by(database, rules.UNKNOWN)

    before = await outdated(database)
    await consume(commands, [record("1", 1, "CONFIRMED")])

    assert (before, await outdated(database)) == ("", "")


@pytest.mark.parametrize("version", ELSE)
async def test_books_of_another_version_are_proven_by_a_rebuild_only(
    environment: None, database: Database, commands: Commands, version: int
) -> None:
    await consume(commands, [record("1", 1, "CONFIRMED")])
    await counted_by(database, version)
    await database[LEDGER].update_many({}, {"$unset": {"counted": ""}})

    said = [await run(*asked) for asked in (("verify",), ("rebuild", "--check"), ("rebuild",), ("verify",))]

    assert [result.exit_code for result in said] == [1, 1, 0, 0]
    assert f"counted by rules {version}" in said[0].stdout
    assert "python -m evaluation rebuild" in said[0].stdout
    assert "1 facts in 1 lanes, 0 drifts" in said[3].stdout


async def test_a_rebuild_that_changes_nothing_makes_the_books_of_this_version_too(
    environment: None, database: Database, commands: Commands
) -> None:
    """As after one that was cut off when it had exchanged the books."""
    await consume(commands, [record("1", 1, "CONFIRMED")])
    await counted_by(database, rules.UNKNOWN)

    assert (await run("rebuild")).exit_code == 0
    assert await outdated(database) == ""


async def test_a_process_on_books_of_another_version_is_not_ready_until_they_are_rebuilt(
    environment: None, mongodb_uri: str, database: Database, commands: Commands
) -> None:
    await consume(commands, [record("1", 1, "CONFIRMED")])
    await counted_by(database, rules.UNKNOWN)

    async with process(mongodb_uri, database.name) as health:
        await eventually(lambda: says(health, indexes=True, data=False))
        shown = [sample.value for family in OUTDATED.collect() for sample in family.samples]
        await run("rebuild")
        await eventually(lambda: says(health, indexes=True, data=True))

    assert shown == [1]


@asynccontextmanager
async def process(mongodb_uri: str, database: str) -> AsyncIterator[Health]:
    settings = EvaluationSettings(
        role="api",
        mongodb_uri=mongodb_uri,
        amqp_url="amqp://not-used",
        database=database,
        issuer="unused",
        audience="unused",
        jwks="unused",
    )
    app = build_app(SERVICE, settings)
    async with app.router.lifespan_context(app):
        yield app.state.running.health


async def says(health: Health, **expected: bool) -> bool:
    return expected.items() <= (await health.state()).items()
