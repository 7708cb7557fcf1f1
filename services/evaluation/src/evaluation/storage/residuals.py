"""Residual lists: the members who are missing from a rate, by pages in the order of their numbers."""

import base64
import binascii
from collections.abc import Collection

from servicekit.domain import InvalidInput
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page

from evaluation.domain.indicators import Residual
from evaluation.domain.months import AsOf
from evaluation.domain.standings import MINIMUM_SERVICES
from evaluation.storage.collections import STANDINGS
from evaluation.storage.reading import within

# A plain lookup: one with a pipeline of its own costs three times as much.
_SHARES = {"$lookup": {"from": STANDINGS, "localField": "member", "foreignField": "member", "as": "shares"}}


async def residual(
    database: Database,
    kind: Residual,
    prefix: str,
    asked: AsOf,
    *,
    units: Collection[str] | None,
    first: int,
    after: str | None,
) -> Page:
    """A page of the members missing under the prefix, or of some units' there; a row has `member`."""
    find = _not_registered if kind is Residual.NOT_REGISTERED else _served_too_little
    steps = find(_held(prefix, units, asked), asked)
    beyond = {"member": {"$gt": _member_of(after)}} if after else {}
    found = await database[STANDINGS].aggregate(
        [
            {"$match": steps[0] | beyond},
            {"$sort": {"member": 1}},
            *steps[1:],
            {"$limit": first + 1},
            {"$project": {"member": 1}},
        ]
    )
    rows = await found.to_list()
    kept = rows[:first]
    return Page(kept, _cursor(kept[-1]["member"]) if kept else None, len(rows) > first)


def _held(prefix: str, units: Collection[str] | None, asked: AsOf) -> Document:
    """A line or a registration in force there."""
    place: Document = {"division": within(prefix), **_in_force(asked)}
    return {"$elemMatch": place | ({"unit": {"$in": sorted(units)}} if units is not None else {})}


def _in_force(asked: AsOf) -> Document:
    return {"since": {"$lte": asked.day}, "until": {"$gt": asked.day}}


def _not_registered(held: Document, asked: AsOf) -> list[Document]:
    registered = {"$not": {"$elemMatch": _in_force(asked)}}
    return [
        {"lines": held, "registrations": registered},
        # Registered in another lane: the unit and the community need not lie in the same county.
        _SHARES,
        {"$match": {"shares.registrations": registered}},
    ]


def _served_too_little(held: Document, asked: AsOf) -> list[Document]:
    reached_here = {f"reached.{asked.year}": {"$not": {"$lte": asked.last_month_of_year}}}
    return [
        {"registrations": held, **reached_here},
        _SHARES,
        {"$match": {"$expr": {"$lt": [_services("$shares", asked), MINIMUM_SERVICES]}}},
    ]


def _services(shares: str, asked: AsOf) -> Document:
    """The services of the year that count, over a member's standings in all lanes."""
    in_year = {
        "$and": [{"$gte": ["$$one.month", f"{asked.year:04}"]}, {"$lte": ["$$one.month", asked.last_month_of_year]}]
    }
    counted = {"$filter": {"input": {"$ifNull": ["$$share.services", []]}, "as": "one", "cond": in_year}}
    here = {"$sum": {"$map": {"input": counted, "as": "one", "in": "$$one.count"}}}
    return {"$sum": {"$map": {"input": shares, "as": "share", "in": here}}}


def _cursor(member: str) -> str:
    return base64.urlsafe_b64encode(member.encode()).decode()


def _member_of(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except (binascii.Error, ValueError):
        raise InvalidInput(path="after", reason_zh="游标无效", reason_en="not a cursor of this list") from None
