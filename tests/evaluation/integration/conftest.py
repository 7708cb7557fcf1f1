"""A database of this service's own on a real server, emptied before each test (its indexes take longer than most)."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from evaluation.storage import rules
from evaluation.storage.collections import COLLECTIONS
from servicekit.domain import SystemClock
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, connect, open_database

from tests.evaluation.events import consume
from tests.evaluation.issuing import TOLD
from tests.evaluation.watch import Watch


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch()


@pytest_asyncio.fixture(scope="session")
async def indexed_database(mongodb_uri: str, watch: Watch) -> AsyncIterator[Database]:
    async with connect(mongodb_uri, event_listeners=[watch]) as client:
        database = open_database(client, f"test_{secrets.token_hex(6)}")
        await ensure_indexes(database, {**OWN_COLLECTIONS, **COLLECTIONS})
        yield database
        await client.drop_database(database.name)


@pytest_asyncio.fixture
async def database(indexed_database: Database) -> Database:
    for name in await indexed_database.list_collection_names():
        await indexed_database[name].delete_many({})
    await rules.note(indexed_database)
    return indexed_database


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, database: Database, mongodb_uri: str) -> None:
    """The settings of the command line."""
    given = {"MONGODB_URI": mongodb_uri, "DATABASE": database.name, "AMQP_URL": "amqp://unused"}
    for name, value in {**given, "ISSUER": "unused", "AUDIENCE": "unused", "JWKS": "unused"}.items():
        monkeypatch.setenv(f"HUIJIA_{name}", value)


@pytest.fixture
def commands(database: Database) -> Commands:
    return Commands(database, source="evaluation", clock=SystemClock())


@pytest.fixture
async def city(commands: Commands) -> None:
    """Two counties; in March four services, in April one."""
    await consume(commands, TOLD)
