"""Cells: sums over facts by lane, division, unit and period."""

from collections.abc import AsyncIterator, Mapping

from pymongo import UpdateOne
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from evaluation.domain.contributions import CellKey, Counts
from evaluation.storage.collections import CELLS


async def add(work: Work, changes: Mapping[CellKey, Counts]) -> None:
    """Add these differences to the cells."""
    if changes:
        # In key order, so that two transactions that meet in the same cells don't wait for each other in a ring.
        await work.collection(CELLS).bulk_write([_increment(key, changes[key]) for key in sorted(changes)])


async def cells_of_lane(database: Database, lane: str) -> AsyncIterator[tuple[CellKey, Counts]]:
    """All cells of the lane that count something."""
    async for document in database[CELLS].find({"lane": lane}).batch_size(1_000):
        if counts := counts_of(document):
            yield key_of(document), counts


def key_of(document: Document) -> CellKey:
    return CellKey(document["lane"], document["division"], document["unit"], document["period"])


def counts_of(document: Document) -> Counts:
    return {name: count for name, count in document["counts"].items() if count}


def _increment(key: CellKey, counts: Counts) -> UpdateOne:
    return UpdateOne(
        {"_id": f"{key.lane}/{key.division}/{key.unit}/{key.period}"},
        {
            "$inc": {f"counts.{name}": count for name, count in counts.items()},
            "$setOnInsert": {"lane": key.lane, "division": key.division, "unit": key.unit, "period": key.period},
        },
        upsert=True,
    )
