"""The facts that a figure is made of, by pages in the order of places and ids."""

import base64
import binascii
from collections.abc import Collection

import orjson
from servicekit.domain import InvalidInput
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page

from evaluation.domain.facts import Kind
from evaluation.domain.indicators import Basis, Measure
from evaluation.domain.months import AsOf
from evaluation.storage.collections import LEDGER
from evaluation.storage.reading import within

# Members who served enough are counted by their standings; the services of the year are what these are made of.
_SERVED = Measure("services", Basis.IN_YEAR)
# Where a fact counts that isn't where it counts otherwise.
_ELSEWHERE = {"registered_lines": "home"}


async def facts_of(
    database: Database,
    measure: Measure,
    asked: AsOf,
    *,
    prefix: str = "",
    units: Collection[str] | None = None,
    first: int,
    after: str | None,
) -> Page:
    """A page of the facts that this measure counts under the prefix, or of some units' wherever they are."""
    if measure.basis is Basis.OF_YEAR:
        measure = _SERVED
    place = "unit" if units else _ELSEWHERE.get(measure.counter, "division")
    match = _match(measure, asked, place, {"$in": sorted(units)} if units else within(prefix))
    if after:
        at, id = _decode(after)
        match = {"$and": [match, {"$or": [{place: {"$gt": at}}, {place: at, "_id": {"$gt": id}}]}]}
    found = database[LEDGER].find(match).sort([(place, 1), ("_id", 1)])
    rows = await found.to_list(first + 1)
    kept = rows[:first]
    return Page(kept, _encode(kept[-1], place) if kept else None, len(rows) > first)


def _match(measure: Measure, asked: AsOf, place: str, where: Document) -> Document:
    since = {"$lte": asked.day}
    if measure.basis is Basis.IN_YEAR:
        since = {"$gte": f"{asked.year:04}-01-01", "$lte": min(asked.day, f"{asked.year:04}-12-31")}
    counted = {"as": measure.counter, "since": since, "until": {"$not": {"$lte": asked.day}}}
    match: Document = {"counted": {"$elemMatch": counted}, place: where}
    return match | ({"kind": Kind.REGISTRATION} if place == "home" else {})


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
