"""Standings: what the facts of one lane say about one member, with what queries need to find it by."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping

from pymongo import ReplaceOne
from pymongo.asynchronous.cursor import AsyncCursor
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from evaluation.domain.contributions import StandingKey
from evaluation.domain.standings import Place, Standing
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


async def standings_of_lane(database: Database, lane: str) -> dict[StandingKey, Standing]:
    """All standings of the lane that count something."""
    found = database[STANDINGS].find({"lane": lane}).batch_size(5_000)
    return {standing.key: standing async for standing in _standings(found) if standing.counts}


def id_of(key: StandingKey) -> str:
    return f"{key.lane}/{key.member}"


def document_of(standing: Standing) -> Document:
    """The counts, which are the truth, and what follows from them: absent when empty, so that indexes stay sparse."""
    follows = {
        "lines": [_place(place) for place in standing.lines],
        "registrations": [_place(place) for place in standing.registrations],
        "services": {f"{year}": count for year, count in standing.services.items()},
        "served": standing.served,
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


def _place(place: Place) -> Document:
    return {"division": place.division, "unit": place.unit}
