"""How far an unfinished verification has come."""

from servicekit.storage.mongo import Database

from evaluation.storage.collections import VERIFICATIONS


async def note(database: Database, lane: str, facts: int, drifts: int) -> None:
    """This lane is done."""
    await database[VERIFICATIONS].replace_one({"_id": lane}, {"facts": facts, "drifts": drifts}, upsert=True)


async def done(database: Database) -> dict[str, tuple[int, int]]:
    """Facts and drifts of the lanes that are done."""
    return {row["_id"]: (row["facts"], row["drifts"]) async for row in database[VERIFICATIONS].find()}


async def clear(database: Database) -> None:
    await database[VERIFICATIONS].delete_many({})
