"""What the last proof of each lane came to, and when that was."""

from datetime import UTC, datetime

from servicekit.storage.mongo import Database

from evaluation.storage.collections import DRIFTS

NEVER = datetime.min.replace(tzinfo=UTC)


async def note(database: Database, lane: str, drifting: int) -> None:
    """This lane was proven now, by the database's clock."""
    said = {"$set": {"drifting": drifting}, "$currentDate": {"proven_at": True}}
    await database[DRIFTS].update_one({"_id": lane}, said, upsert=True)


async def by_lane(database: Database) -> dict[str, int]:
    """How many cells and standings drifted."""
    return {row["_id"]: row["drifting"] async for row in database[DRIFTS].find()}


async def longest_unproven(database: Database, lanes: list[str]) -> str | None:
    """The lane that was never proven, or whose last proof is the oldest."""
    proven = {row["_id"]: row["proven_at"] async for row in database[DRIFTS].find()}
    return min(lanes, key=lambda lane: (proven.get(lane, NEVER), lane), default=None)
