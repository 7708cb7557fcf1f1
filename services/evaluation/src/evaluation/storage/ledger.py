"""The ledger: each counted thing at its newest version."""

from collections.abc import AsyncIterator, Iterable, Sequence

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page
from servicekit.storage.work import Work

from evaluation.domain.books import Replacement
from evaluation.domain.contributions import counters
from evaluation.domain.facts import Fact, Kind, ledger_key
from evaluation.storage.collections import LEDGER
from evaluation.storage.reading import within


async def keep(work: Work, facts: Sequence[Fact]) -> list[Replacement]:
    """Keep the facts that are newer than what is kept; which ones took the place of what."""
    replaced = await work.keep_newest(LEDGER, [document_of(fact) for fact in facts])
    return [(fact_of(old) if old else None, fact_of(new)) for old, new in replaced]


async def find(database: Database, kind: Kind, ids: Iterable[str]) -> dict[str, Fact]:
    """The kept facts of these aggregates, by id."""
    keys = [ledger_key(kind, id) for id in ids]
    return {document["id"]: fact_of(document) async for document in database[LEDGER].find({"_id": {"$in": keys}})}


async def divisions_below(database: Database, prefix: str, level: str) -> list[Fact]:
    """The divisions of this level whose codes start with the prefix, by code."""
    match = {"kind": Kind.DIVISION, "division": within(prefix), "status": level}
    return [fact_of(document) async for document in database[LEDGER].find(match).sort("division", 1)]


async def lanes(database: Database) -> list[str]:
    return sorted(await database[LEDGER].distinct("lane"))


async def facts_of_lane(database: Database, lane: str) -> AsyncIterator[Fact]:
    async for document in database[LEDGER].find({"lane": lane}).batch_size(5_000):
        yield fact_of(document)


async def services_of(database: Database, member: str, year: int, *, first: int, after: str | None) -> Page:
    """The member's services of the year, in whatever state."""
    days = {"$gte": f"{year:04}-01-01", "$lte": f"{year:04}-12-31"}
    return await page(database[LEDGER], {"kind": Kind.SERVICE, "member": member, "on": days}, first=first, after=after)


def document_of(fact: Fact) -> Document:
    """With the names of the counters in which it counts, by which a figure's facts are found."""
    counted = sorted(counters(fact))
    document = {"_id": fact.key, **fact.model_dump(mode="json", exclude_defaults=True)}
    return document | ({"counters": counted} if counted else {})


def fact_of(document: Document) -> Fact:
    return Fact.model_validate(document)
