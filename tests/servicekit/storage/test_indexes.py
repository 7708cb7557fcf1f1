"""Indexes of a version are made before it is rolled out; what an older one left is named, and dropped when asked."""

from pymongo import IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from servicekit.storage.indexes import drop, ensure_indexes, unknown_indexes

from tests.support.servers import Document

OLD = {"things": [IndexModel([("colour", 1)], name="colour"), IndexModel([("size", 1)])]}
NEW = {"things": [IndexModel([("size", 1)]), IndexModel([("shape", 1)], name="shape")], "more": []}


async def test_what_an_older_version_left_is_told_apart_and_dropped(database: AsyncDatabase[Document]) -> None:
    await ensure_indexes(database, OLD)
    await ensure_indexes(database, NEW)

    left = await unknown_indexes(database, NEW)
    await drop(database, left)

    assert left == [("things", "colour")]
    assert set(await database["things"].index_information()) == {"_id_", "size_1", "shape"}
    assert await unknown_indexes(database, NEW) == []
