"""Reading what belongs together at one instant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit.storage.mongo import Database, Document


@asynccontextmanager
async def one_instant(database: Database) -> AsyncIterator[None]:
    """All reads inside see the database as it stood at the first of them."""
    async with database.client.start_session(snapshot=True) as session, session.bind(end_session=False):
        yield


def within(prefix: str) -> Document:
    """Codes that start with the prefix, as a range that an index serves."""
    return {"$gte": prefix, "$lt": f"{prefix}:"}
