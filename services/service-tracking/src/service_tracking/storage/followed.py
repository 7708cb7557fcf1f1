"""Claims that something followed: they expire no longer."""

from collections.abc import Iterable

from servicekit.storage.work import VersionConflict, Work

from service_tracking.domain.claim import Claim
from service_tracking.storage.collections import CLAIMS


async def mark_followed(work: Work, claims: Iterable[Claim]) -> None:
    """The unit of work is run again if one of them ended meanwhile."""
    waiting = sorted({claim.id for claim in claims if claim.expires_on is not None})
    if not waiting:
        return
    never = {"$set": {"expires_on": None, "remind_on": None}}
    marked = await work.collection(CLAIMS).update_many({"_id": {"$in": waiting}, "ended_at": None}, never)
    if marked.matched_count != len(waiting):
        raise VersionConflict(CLAIMS)
