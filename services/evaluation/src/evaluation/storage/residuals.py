"""Residual lists: the members who are missing from a rate, by pages in the order of their numbers."""

import base64
import binascii

from servicekit.domain import InvalidInput
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page

from evaluation.domain.indicators import Residual
from evaluation.domain.standings import MINIMUM_SERVICES
from evaluation.storage.collections import STANDINGS
from evaluation.storage.reading import within

# A plain lookup: one with a pipeline of its own costs three times as much.
_SHARES = {"$lookup": {"from": STANDINGS, "localField": "member", "foreignField": "member", "as": "shares"}}


async def residual(
    database: Database,
    kind: Residual,
    prefix: str,
    year: int,
    *,
    unit: str | None,
    first: int,
    after: str | None,
) -> Page:
    """A page of the members missing under the prefix, or of one unit's there; a row has `member`."""
    steps = _not_registered(prefix, unit) if kind is Residual.NOT_REGISTERED else _served_too_little(prefix, unit, year)
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


def _placed(prefix: str, unit: str | None) -> Document:
    place: Document = {"division": within(prefix)}
    return {"$elemMatch": place | {"unit": unit} if unit else place}


def _not_registered(prefix: str, unit: str | None) -> list[Document]:
    return [
        {"lines": _placed(prefix, unit), "registrations": {"$exists": False}},
        # Registered in another lane: the unit and the community need not lie in the same county.
        _SHARES,
        {"$match": {"shares.registrations": {"$exists": False}}},
    ]


def _served_too_little(prefix: str, unit: str | None, year: int) -> list[Document]:
    return [
        {"registrations": _placed(prefix, unit), "served": {"$ne": year}},
        _SHARES,
        {"$match": {"$expr": {"$lt": [{"$sum": f"$shares.services.{year}"}, MINIMUM_SERVICES]}}},
    ]


def _cursor(member: str) -> str:
    return base64.urlsafe_b64encode(member.encode()).decode()


def _member_of(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except (binascii.Error, ValueError):
        raise InvalidInput(path="after", reason_zh="游标无效", reason_en="not a cursor of this list") from None
