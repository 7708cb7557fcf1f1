"""Leaders of teams: whoever leaves a team leads it no longer."""

from collections.abc import Iterable

from pymongo import UpdateOne
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import OfferKind
from service_tracking.storage.collections import OFFERS


async def drop_leaders(work: Work, ended: Iterable[Claim]) -> None:
    """Teams led by the members of these claims, which ended, have no leader until another is appointed."""
    updates = [
        UpdateOne({"_id": claim.offer_id, "leader_id": claim.member_id}, {"$set": {"leader_id": None}})
        for claim in ended
        if claim.kind is OfferKind.TEAM
    ]
    if updates:
        await work.collection(OFFERS).bulk_write(updates, ordered=False)
