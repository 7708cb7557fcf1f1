"""Wishes that came true by a service which does not count after all are open again."""

from collections.abc import Collection

from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.storage.collections import CLAIMS, OFFERS, RECORDS
from service_tracking.storage.registrations import completed_registrations, hold_registrations


async def reopen_wishes(work: Work, decided: Collection[ServiceRecord]) -> None:
    """Those that rest on nothing but what of `decided` was rejected.

    The claim has its place again, unless its member is registered nowhere any more; who waited then is not called back.
    """
    claims = await _resting_on_nothing(work, decided)
    if not claims:
        return
    registered = await completed_registrations(work, [claim.member_id for claim in claims])
    await hold_registrations(work, registered.values())
    wishes = await work.load(Offer, OFFERS, [claim.offer_id for claim in claims])
    for claim in claims:
        wish = wishes[claim.offer_id]
        wish.reopen(claim.ended_at)
        claim.reopen()
        if claim.member_id not in registered:
            wish.places_left += claim.release(work.now)
        work.save(OFFERS, wish)
        work.save(CLAIMS, claim)


async def _resting_on_nothing(work: Work, decided: Collection[ServiceRecord]) -> list[Claim]:
    """The completed claims on wishes of which no service counts."""
    counting = {one.claim_id for one in decided if one.status is RecordStatus.CONFIRMED}
    rejected = {one.claim_id for one in decided if one.status is RecordStatus.REJECTED and one.claim_id} - counting
    if not rejected:
        return []
    found = work.collection(CLAIMS).find(
        {"_id": {"$in": sorted(rejected)}, "kind": OfferKind.WISH, "status": ClaimStatus.COMPLETED}
    )
    claims = [restore(Claim, document) async for document in found]
    others = work.collection(RECORDS).find(
        {
            "member_id": {"$in": [claim.member_id for claim in claims]},
            "status": RecordStatus.CONFIRMED,
            "claim_id": {"$in": [claim.id for claim in claims]},
            "_id": {"$nin": [one.id for one in decided]},
        },
        {"claim_id": 1},
    )
    counted = {record["claim_id"] async for record in others}
    return [claim for claim in claims if claim.id not in counted]
