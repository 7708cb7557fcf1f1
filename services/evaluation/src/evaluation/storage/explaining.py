"""The facts that a figure is made of, by pages in the order of places and ids."""

import base64
import binascii

import orjson
from servicekit.domain import InvalidInput
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page

from evaluation.domain.indicators import Measure, days
from evaluation.storage.collections import LEDGER
from evaluation.storage.reading import within

# Members who served enough are counted by their standings; the services are what these are made of.
_MADE_OF = {"served": "services"}


async def facts_of(
    database: Database, measure: Measure, prefix: str, year: int, *, first: int, after: str | None
) -> Page:
    """A page of the facts that this measure counts under the prefix."""
    match = _match(measure, prefix, year)
    if after:
        division, id = _decode(after)
        beyond = {"$or": [{"division": {"$gt": division}}, {"division": division, "_id": {"$gt": id}}]}
        match = {"$and": [match, beyond]}
    found = database[LEDGER].find(match).sort([("division", 1), ("_id", 1)])
    rows = await found.to_list(first + 1)
    kept = rows[:first]
    return Page(kept, _encode(kept[-1]) if kept else None, len(rows) > first)


def _match(measure: Measure, prefix: str, year: int) -> Document:
    match: Document = {"counters": _MADE_OF.get(measure.counter, measure.counter), "division": within(prefix)}
    if span := days(measure, year):
        match["on"] = {"$gte": f"{span[0]}", "$lte": f"{span[1]}"}
    return match


def _encode(row: Document) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row["division"], row["_id"]])).decode()


def _decode(cursor: str) -> tuple[str, str]:
    try:
        division, id = orjson.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError, TypeError):
        division = id = None
    if not isinstance(division, str) or not isinstance(id, str):
        raise InvalidInput(path="after", reason_zh="游标无效", reason_en="not a cursor of this list")
    return division, id
