"""The archive of events: everything that was ever consumed, lane by lane in the order of its commits.

One document holds the events of one batch, compressed. `seq` counts the batches of a lane from 1 without a gap, so a
position in the archive is one number a lane.
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import orjson
from servicekit.events import Event
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from evaluation.storage.collections import ARCHIVE

_FAST = 1


@dataclass(frozen=True, slots=True)
class Batch:
    lane: str
    seq: int
    events: list[Event]


async def append(work: Work, events: Sequence[Event]) -> None:
    """Keep these events, in the transaction of their effects. Two writers of one lane collide, and one tries again."""
    by_lane: dict[str, list[Event]] = {}
    for event in events:
        by_lane.setdefault(event.lane, []).append(event)
    archive = work.collection(ARCHIVE)
    for lane, told in by_lane.items():
        last = await archive.find_one({"lane": lane}, {"seq": 1}, sort=[("seq", -1)])
        await archive.insert_one(document_of(Batch(lane, (last["seq"] if last else 0) + 1, told)))


async def batches(database: Database, lane: str, *, beyond: int = 0, until: int | None = None) -> AsyncIterator[Batch]:
    """The batches of a lane after `beyond` up to `until`, in their order."""
    async for document in database[ARCHIVE].find(_between(lane, beyond, until)).sort("seq", 1):
        yield batch_of(document)


async def positions(database: Database) -> dict[str, int]:
    """The last batch of each lane."""
    found = await database[ARCHIVE].aggregate(
        [{"$sort": {"lane": 1, "seq": 1}}, {"$group": {"_id": "$lane", "seq": {"$last": "$seq"}}}]
    )
    return {row["_id"]: row["seq"] for row in sorted(await found.to_list(), key=lambda row: str(row["_id"]))}


async def events_between(database: Database, lane: str, beyond: int, until: int) -> int:
    """How many events of the lane are archived after batch `beyond` up to batch `until`."""
    found = await database[ARCHIVE].aggregate(
        [{"$match": _between(lane, beyond, until)}, {"$group": {"_id": None, "events": {"$sum": "$events"}}}]
    )
    return sum([row["events"] async for row in found])


def _between(lane: str, beyond: int, until: int | None) -> Document:
    return {"lane": lane, "seq": {"$gt": beyond, **({"$lte": until} if until is not None else {})}}


def document_of(batch: Batch) -> Document:
    body = zlib.compress(orjson.dumps([event.encode().decode() for event in batch.events]), _FAST)
    return {
        "_id": f"{batch.lane}/{batch.seq:012}",
        "lane": batch.lane,
        "seq": batch.seq,
        "events": len(batch.events),
        "body": body,
    }


def batch_of(document: Document) -> Batch:
    told = orjson.loads(zlib.decompress(document["body"]))
    return Batch(document["lane"], document["seq"], [Event.decode(one.encode()) for one in told])
