"""Holding what a unit of work relies on and only reads: a transaction conflicts over nothing but what it writes."""

from collections.abc import Iterable

from servicekit.storage.work import Work


async def hold(work: Work, collection: str, ids: Iterable[str]) -> None:
    """Conflict with whatever changes one of these meanwhile, which then runs again, or has this one run again."""
    if held := sorted(set(ids)):
        await work.collection(collection).update_many({"_id": {"$in": held}}, {"$inc": {"holds": 1}})
