"""The codes of communities that others took over, and what still lies under them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from servicekit.storage.work import Work, restore

from service_tracking.domain.placed import Placed
from service_tracking.domain.succession import Succession
from service_tracking.storage.collections import SUCCESSIONS

P = TypeVar("P", bound=Placed)


async def successions(work: Work) -> dict[str, Succession]:
    """All that were ever heard of, by the code that was withdrawn."""
    found = work.collection(SUCCESSIONS).find(sort=[("_id", 1)])
    return {one["_id"]: Succession(one["_id"], one["into"], date.fromisoformat(one["on"])) async for one in found}


async def lying_under(
    work: Work, codes: Collection[str], collection: str, kind: type[P], match: Mapping[str, Any], most: int = 0
) -> list[P]:
    """Those that match; at most so many, if a number is given."""
    found = work.collection(collection).find({"community": {"$in": sorted(codes)}, **match}, limit=most)
    return [restore(kind, document) async for document in found]
