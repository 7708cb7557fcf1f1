"""A database of this service's own, on a real server."""

import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from evaluation.storage.collections import COLLECTIONS
from servicekit.domain import SystemClock
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, connect, open_database

from tests.evaluation.watch import Watch


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch()


@pytest_asyncio.fixture
async def database(mongodb_uri: str, watch: Watch) -> AsyncIterator[Database]:
    async with connect(mongodb_uri, event_listeners=[watch]) as client:
        database = open_database(client, f"test_{secrets.token_hex(6)}")
        await ensure_indexes(database, {**OWN_COLLECTIONS, **COLLECTIONS})
        yield database
        await client.drop_database(database.name)


@pytest.fixture
def commands(database: Database) -> Commands:
    return Commands(database, source="evaluation", clock=SystemClock())
