"""The facts that a figure is made of, and those that it misses, by pages in the order of places and ids."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass

import orjson
from servicekit.domain import InvalidInput
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page

from evaluation.domain.facts import Kind
from evaluation.domain.indicators import Basis, Indicator, Measure, Residual
from evaluation.domain.months import AsOf
from evaluation.storage.collections import LEDGER
from evaluation.storage.reading import within

# Members who served enough are counted by their standings; the services of the year are what these are made of.
_SERVED = Measure("services", Basis.IN_YEAR)
# Where a fact counts that isn't where it counts otherwise.
_ELSEWHERE = {"registered_lines": "home"}


@dataclass(frozen=True, slots=True)
class Where:
    """Facts under the prefix, or of some units wherever they are."""

    asked: AsOf
    prefix: str = ""
    units: Collection[str] | None = None


async def facts_of(database: Database, measure: Measure, where: Where, *, first: int, after: str | None) -> Page:
    """A page of the facts that this measure counts."""
    if measure.basis is Basis.OF_YEAR:
        measure = _SERVED
    place = _ELSEWHERE.get(measure.counter, "division") if where.units is None else "unit"
    counted = _counted(measure, where.asked)
    if place == "division":
        return await _page_of_places(database, counted, {}, where.prefix, first, after)
    match: Document = {"counted": {"$elemMatch": counted}, place: _at(where)}
    if place == "home":
        match["kind"] = Kind.REGISTRATION
    return await _page(database, match, place, first, after)


async def facts_missing(
    database: Database, indicator: Indicator, where: Where, *, first: int, after: str | None
) -> Page:
    """A page of the facts that the rate's denominator counts and its numerator doesn't, or no claim of them."""
    assert indicator.denominator is not None, "what misses nothing has no such list"
    wanted, met = (_counted(measure, where.asked) for measure in (indicator.denominator, indicator.numerator))
    unmet: Document = {}
    beyond: list[Document] = []
    if indicator.residual is Residual.NOT_COUNTED:
        unmet = {"$not": {"$elemMatch": met}}
    else:
        beyond = [{"$lookup": _claims({"$elemMatch": met})}, {"$match": {"claims": []}}]
    if where.units is None:
        return await _page_of_places(database, wanted, unmet, where.prefix, first, after, *beyond)
    match = {"counted": {"$elemMatch": wanted} | unmet, "unit": _at(where)}
    return await _page(database, match, "unit", first, after, *beyond)


async def _page_of_places(
    database: Database,
    counted: Document,
    unmet: Document,
    prefix: str,
    first: int,
    after: str | None,
    *beyond: Document,
) -> Page:
    """Those that are in the places under the prefix, and then those that counted there before others took them over."""
    here, kept = within(prefix), Page()
    if not after or _decode(after)[0].startswith(prefix):
        counts_here = counted | {"$or": [{"at": {"$exists": False}}, {"at": here}]}
        present: Document = {"counted": {"$elemMatch": counts_here} | unmet, "division": here}
        kept = await _page(database, present, "division", first, after, *beyond)
        if kept.has_next:
            return kept
        after = None
    counted_here: Document = {"counted": {"$elemMatch": counted | {"at": here}} | unmet}
    past = counted_here | {"earlier.division": here, "division": {"$not": here}}
    rest = await _page(database, past, "division", first - len(kept.items), after, *beyond)
    return Page([*kept.items, *rest.items], rest.end_cursor or kept.end_cursor, rest.has_next)


def _claims(counted: Document) -> Document:
    """Of an offer, those that count."""
    match = {"kind": Kind.CLAIM, "counted": counted}
    return {
        "from": LEDGER,
        "localField": "id",
        "foreignField": "offer",
        "pipeline": [{"$match": match}, {"$limit": 1}],
        "as": "claims",
    }


async def _page(
    database: Database, match: Document, place: str, first: int, after: str | None, *beyond: Document
) -> Page:
    if after:
        at, id = _decode(after)
        match = {"$and": [match, {"$or": [{place: {"$gt": at}}, {place: at, "_id": {"$gt": id}}]}]}
    steps = [{"$match": match}, {"$sort": {place: 1, "_id": 1}}, *beyond, {"$limit": first + 1}]
    rows = await (await database[LEDGER].aggregate(steps)).to_list()
    kept = rows[:first]
    return Page(kept, _encode(kept[-1], place) if kept else None, len(rows) > first)


def _at(where: Where) -> Document:
    return within(where.prefix) if where.units is None else {"$in": sorted(where.units)}


def _counted(measure: Measure, asked: AsOf) -> Document:
    since = {"$lte": asked.day}
    if measure.basis is Basis.IN_YEAR:
        since = {"$gte": f"{asked.year:04}-01-01", "$lte": min(asked.day, f"{asked.year:04}-12-31")}
    return {"as": measure.counter, "since": since, "until": {"$not": {"$lte": asked.day}}}


def _encode(row: Document, place: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row[place], row["_id"]])).decode()


def _decode(cursor: str) -> tuple[str, str]:
    try:
        at, id = orjson.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError, TypeError):
        at = id = None
    if not isinstance(at, str) or not isinstance(id, str):
        raise InvalidInput(path="after", reason_zh="游标无效", reason_en="not a cursor of this list")
    return at, id
