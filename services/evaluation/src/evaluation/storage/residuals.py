"""Residual lists: the members who are missing from a rate, by pages in the order of their numbers."""

from collections.abc import Collection

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page

from evaluation.domain.indicators import Residual
from evaluation.domain.months import AsOf
from evaluation.storage.collections import STANDINGS
from evaluation.storage.reading import within


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
    match = find(_held(prefix, units, asked), asked)
    return await page(database[STANDINGS], match, first=first, after=after, sort="member")


def _held(prefix: str, units: Collection[str] | None, asked: AsOf) -> Document:
    """A line or a registration in force there."""
    place: Document = {"division": within(prefix), **_in_force(asked)}
    return {"$elemMatch": place | ({"unit": {"$in": sorted(units)}} if units is not None else {})}


def _in_force(asked: AsOf) -> Document:
    return {"since": {"$lte": asked.day}, "until": {"$gt": asked.day}}


def _not_registered(held: Document, asked: AsOf) -> Document:
    return {"lines": held, "registrations": {"$not": {"$elemMatch": _in_force(asked)}}}


def _served_too_little(held: Document, asked: AsOf) -> Document:
    return {"registrations": held, f"reached.{asked.year}": {"$not": {"$lte": asked.last_month_of_year}}}
