"""How far an unfinished verification has come."""

from datetime import UTC, datetime, timedelta

from servicekit.storage.mongo import Database

from evaluation.storage.collections import VERIFICATIONS

GOES_ON_WITHIN = timedelta(days=1)


async def note(database: Database, lane: str, facts: int, drifts: int) -> None:
    """This lane is done."""
    said = {"facts": facts, "drifts": drifts, "at": datetime.now(UTC)}
    await database[VERIFICATIONS].replace_one({"_id": lane}, said, upsert=True)


async def done(database: Database) -> dict[str, tuple[int, int]]:
    """Facts and drifts of the lanes that are done; what was proven longer ago says nothing of the books of today."""
    recent = {"at": {"$gt": datetime.now(UTC) - GOES_ON_WITHIN}}
    return {row["_id"]: (row["facts"], row["drifts"]) async for row in database[VERIFICATIONS].find(recent)}


async def clear(database: Database) -> None:
    await database[VERIFICATIONS].delete_many({})
