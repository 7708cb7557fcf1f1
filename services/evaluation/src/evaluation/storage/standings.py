"""Standings: what the facts of one lane say about one member, with what queries need to find it by."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping

from pymongo import ReplaceOne
from pymongo.asynchronous.cursor import AsyncCursor
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from evaluation.domain.contributions import StandingKey
from evaluation.domain.months import AsOf
from evaluation.domain.standings import Held, Standing, served_across
from evaluation.storage.collections import STANDINGS


async def load(work: Work, keys: Collection[StandingKey]) -> dict[StandingKey, Standing]:
    """Those of the standings that exist."""
    if not keys:
        return {}
    found = work.collection(STANDINGS).find({"_id": {"$in": [id_of(key) for key in keys]}})
    return {standing.key: standing async for standing in _standings(found)}


async def save(work: Work, standings: Mapping[StandingKey, Standing]) -> None:
    if standings:
        await work.collection(STANDINGS).bulk_write(
            [ReplaceOne({"_id": id_of(key)}, document_of(standings[key]), upsert=True) for key in sorted(standings)]
        )


async def of_members(database: Database, members: Iterable[str]) -> dict[str, list[Standing]]:
    """Each member's standings in all lanes; members without any are absent."""
    by_member: dict[str, list[Standing]] = {}
    async for standing in _standings(database[STANDINGS].find({"member": {"$in": list(members)}})):
        by_member.setdefault(standing.key.member, []).append(standing)
    return by_member


async def served_across_lanes(database: Database, asked: AsOf) -> list[Held]:
    """The registrations in force whose member reaches the minimum only with several lanes, so that no cell has it.

    Reads the standings with services away from the registration and what belongs to them, not all members.
    """
    members = await database[STANDINGS].distinct("member", {"partial": asked.year})
    found = await of_members(database, members) if members else {}
    return [held for standings in found.values() for held in served_across(standings, asked)]


async def standings_of_lane(database: Database, lane: str) -> AsyncIterator[Standing]:
    """All standings of the lane that count something."""
    async for standing in _standings(database[STANDINGS].find({"lane": lane}).batch_size(1_000)):
        if standing.counts:
            yield standing


def id_of(key: StandingKey) -> str:
    return f"{key.lane}/{key.member}"


def document_of(standing: Standing) -> Document:
    """The counts, which are the truth, and what follows from them: absent when empty, so that indexes stay sparse."""
    follows = {
        "lines": [_held(held) for held in standing.lines],
        "registrations": [_held(held) for held in standing.registrations],
        "services": [{"month": month, "count": count} for month, count in standing.months.items()],
        "reached": {f"{year}": month for year, month in standing.reached.items()},
        "partial": standing.partial,
    }
    return {
        "_id": id_of(standing.key),
        "lane": standing.key.lane,
        "member": standing.key.member,
        "counts": standing.counts,
        **{name: value for name, value in follows.items() if value},
    }


def standing_of(document: Document) -> Standing:
    return Standing(StandingKey(document["lane"], document["member"]), document["counts"])


async def _standings(found: AsyncCursor[Document]) -> AsyncIterator[Standing]:
    async for document in found:
        yield standing_of(document)


def _held(held: Held) -> Document:
    return {"division": held.division, "unit": held.unit, "since": f"{held.since}", "until": f"{held.until}"}
