"""Standings: what the facts say about one member, with what queries need to find it by.

Two lanes that tell of one member at once write the same document: one of their transactions loses and is run again.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping

from pymongo import ReplaceOne
from pymongo.asynchronous.cursor import AsyncCursor
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from evaluation.domain.contributions import Counts, StandingKey
from evaluation.domain.standings import Held, Standing
from evaluation.storage.collections import STANDINGS


async def load(work: Work, members: Collection[str]) -> dict[str, Standing]:
    """Those of the members' standings that exist."""
    return await of_members(work.database, members) if members else {}


async def save(work: Work, standings: Mapping[str, Standing]) -> None:
    if standings:
        await work.collection(STANDINGS).bulk_write(
            [ReplaceOne({"_id": member}, document_of(standings[member]), upsert=True) for member in sorted(standings)]
        )


async def of_members(database: Database, members: Iterable[str]) -> dict[str, Standing]:
    """Each member's standing; members without one are absent."""
    found = database[STANDINGS].find({"_id": {"$in": list(members)}})
    return {standing.member: standing async for standing in _standings(found)}


async def shares_of_lane(database: Database, lane: str) -> AsyncIterator[tuple[StandingKey, Counts]]:
    """What this lane says of each member."""
    async for standing in _standings(database[STANDINGS].find({"lanes": lane}).batch_size(1_000)):
        yield StandingKey(lane, standing.member), standing.shares.get(lane, {})


async def kept(database: Database) -> AsyncIterator[Document]:
    """Every standing as it is kept, by members."""
    async for document in database[STANDINGS].find().sort("_id", 1).batch_size(1_000):
        yield document


def document_of(standing: Standing) -> Document:
    """The counts, which are the truth, and what follows from them: absent when empty, so that indexes stay sparse."""
    follows = {
        "lanes": sorted(standing.shares),
        "lines": [_held(held) for held in standing.lines],
        "registrations": [_held(held) for held in standing.registrations],
        "reached": {f"{year}": month for year, month in standing.reached.items()},
    }
    return {
        "_id": standing.member,
        "member": standing.member,
        "counts": standing.shares,
        **{name: value for name, value in follows.items() if value},
    }


def standing_of(document: Document) -> Standing:
    return Standing(document["_id"], document["counts"])


async def _standings(found: AsyncCursor[Document]) -> AsyncIterator[Standing]:
    async for document in found:
        yield standing_of(document)


def _held(held: Held) -> Document:
    return {"division": held.division, "unit": held.unit, "since": f"{held.since}", "until": f"{held.until}"}
