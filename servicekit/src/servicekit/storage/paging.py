"""Lists by pages, forward from a cursor, in index order.

A cursor is the last item's sort value, made opaque. Every list is capped.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from pymongo.asynchronous.collection import AsyncCollection

from servicekit.domain import InvalidInput
from servicekit.storage.mongo import Document, fits_int64

MOST = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its documents, the cursor of the last one, and whether more follow."""

    items: list[Document] = field(default_factory=list)
    end_cursor: str | None = None
    has_next: bool = False


async def page(
    collection: AsyncCollection[Document],
    match: Mapping[str, Any],
    *,
    first: int,
    after: str | None = None,
    sort: str = "_id",
) -> Page:
    """The first `first` documents matching, ordered by `sort` (unique within the match), after the cursor."""
    # Limited at the server: `to_list(length)` alone would have all the others sent too.
    found = collection.find(_after({**match}, sort, after), limit=_checked(first) + 1, sort=[(sort, 1)])
    return _cut(await found.to_list(), first, sort)


async def page_per_parent(
    collection: AsyncCollection[Document],
    parent_field: str,
    parents: Sequence[str],
    *,
    first: int,
    after: str | None = None,
    match: Mapping[str, Any] | None = None,
    sort: str = "_id",
) -> dict[str, Page]:
    """For each of `parents` the page of the documents whose `parent_field` is that parent: ONE database query.

    Needs an index that leads with `parent_field` and the equalities of `match`, then `sort`.
    """
    found = await collection.database.aggregate(
        [
            {"$documents": [{"_id": parent} for parent in dict.fromkeys(parents)]},
            {
                "$lookup": {
                    "from": collection.name,
                    "localField": "_id",
                    "foreignField": parent_field,
                    "pipeline": [
                        {"$match": _after({**(match or {})}, sort, after)},
                        {"$sort": {sort: 1}},
                        {"$limit": _checked(first) + 1},
                    ],
                    "as": "items",
                }
            },
        ]
    )
    pages = {one["_id"]: _cut(one["items"], first, sort) async for one in found}
    return {parent: pages.get(parent, Page()) for parent in parents}


def _checked(first: int) -> int:
    if not 1 <= first <= MOST:
        raise InvalidInput(
            path="first", reason_zh=f"每页 1 到 {MOST} 条,收到 {first}", reason_en=f"1 to {MOST} a page, got {first}"
        )
    return first


def _after(match: Document, sort: str, after: str | None) -> Document:
    if after is None:
        return match
    return {"$and": [match, {sort: {"$gt": _decode(after)}}]}


def _cut(items: list[Document], first: int, sort: str) -> Page:
    kept = items[:first]
    return Page(kept, _encode(kept[-1][sort]) if kept else None, len(items) > first)


def _encode(value: str | int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode()


def _decode(cursor: str) -> str | int:
    try:
        value = orjson.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        value = None
    if not isinstance(value, str) and not fits_int64(value):
        raise InvalidInput(path="after", reason_zh="游标无效", reason_en="not a cursor of this list")
    return value
