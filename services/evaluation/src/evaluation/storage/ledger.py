"""The ledger: each counted thing at its newest version."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page
from servicekit.storage.work import Work

from evaluation.domain.books import Replacement
from evaluation.domain.facts import Fact, Kind, ledger_key
from evaluation.domain.reminders import waiting
from evaluation.domain.spans import Span, by_place, spans
from evaluation.storage.collections import LEDGER
from evaluation.storage.reading import within


async def keep(work: Work, facts: Sequence[Fact]) -> list[Replacement]:
    """Keep the facts that are newer than what is kept; which ones took the place of what."""
    replaced = await work.keep_newest(LEDGER, [document_of(fact) for fact in facts])
    return [(fact_of(old) if old else None, fact_of(new)) for old, new in replaced]


async def find(database: Database, kind: Kind, ids: Iterable[str]) -> dict[str, Fact]:
    """The kept facts of these aggregates, by id."""
    found = await of_keys(database, [ledger_key(kind, id) for id in ids])
    return {fact.id: fact for fact in found.values()}


async def of_keys(database: Database, keys: Collection[str]) -> dict[str, Fact]:
    """The kept facts by their keys."""
    found = database[LEDGER].find({"_id": {"$in": list(keys)}})
    return {document["_id"]: fact_of(document) async for document in found}


async def divisions_below(database: Database, prefix: str, level: str) -> list[Fact]:
    """The divisions of this level whose codes start with the prefix, by code."""
    match = {"kind": Kind.DIVISION, "division": within(prefix), "status": level}
    return [fact_of(document) async for document in database[LEDGER].find(match).sort("division", 1)]


async def page_of_divisions(database: Database, codes: Sequence[str], *, first: int, after: str | None) -> Page:
    """Those of these divisions, by code."""
    match = {"kind": Kind.DIVISION, "division": {"$in": codes}}
    return await page(database[LEDGER], match, first=first, after=after, sort="division")


async def units_of_line(database: Database, line: str, prefix: str) -> list[str]:
    """The units of this line that sit under the prefix."""
    match = {"kind": Kind.UNIT, "line": line, "division": within(prefix)}
    return [row["unit"] async for row in database[LEDGER].find(match, {"unit": 1})]


async def kept_in_lane(database: Database, lane: str) -> AsyncIterator[Document]:
    """Every fact of the lane as it is kept, by their keys."""
    async for document in database[LEDGER].find({"lane": lane}).sort("_id", 1).batch_size(1_000):
        yield document


async def services_of(database: Database, member: str, year: int, *, first: int, after: str | None) -> Page:
    """The member's services of the year, in whatever state."""
    days = {"$gte": f"{year:04}-01-01", "$lte": f"{year:04}-12-31"}
    return await page(database[LEDGER], {"kind": Kind.SERVICE, "member": member, "on": days}, first=first, after=after)


def document_of(fact: Fact) -> Document:
    """With what it counts as and when, by which a figure's facts are found, and what it waits for."""
    document = {"_id": fact.key, **fact.model_dump(mode="json", exclude_defaults=True)}
    if waits := waiting(fact):
        document["waiting"] = {"for": waits[0], "since": f"{waits[1]}"}
    if counted := spans(fact):
        earlier = {stay.division for stay in fact.earlier}
        document["counted"] = [_span(span, earlier) for span in by_place(fact, counted)]
    return document


def _span(span: Span, earlier: set[str]) -> Document:
    """`at` is where it counted before another place took it over."""
    said = {"as": span.counter, "since": f"{span.since}"} | ({"until": f"{span.until}"} if span.until else {})
    return said | ({"at": span.division} if span.division in earlier else {})


def fact_of(document: Document) -> Fact:
    return Fact.model_validate(document)
