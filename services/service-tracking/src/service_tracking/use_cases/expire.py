"""What ends by itself: claims that nothing follows, and offers whose last day is over. Each answers how many it did."""

from collections import Counter
from typing import Any

from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer, OfferStatus
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.waiting_lists import dismiss_waiting, free_places

BATCH = 200


async def remind_claims(work: Work) -> int:
    """Tell of the claims that will expire, a batch of them."""
    claims = await _claims(work, {"remind_on": {"$gt": "", "$lte": day_of(work.now)}}, "remind_on")
    for claim in claims:
        claim.remind(work.now)
        work.save(CLAIMS, claim)
    return len(claims)


async def expire_claims(work: Work) -> int:
    """End the claims that nothing followed, once that was told, a batch of them; their places are free."""
    due = {"expires_on": {"$gt": "", "$lt": day_of(work.now)}, "remind_on": None}
    claims = await _claims(work, due, "expires_on")
    freed: Counter[str] = Counter()
    for claim in claims:
        freed[claim.offer_id] += claim.expire(work.now)
        work.save(CLAIMS, claim)
    await free_places(work, freed)
    return len(claims)


async def close_ended_offers(work: Work) -> int:
    """Close the offers whose last day is over, a batch of them; one whose claims are under review waits for that."""
    found = await work.collection(OFFERS).aggregate(
        [
            {"$match": {"status": OfferStatus.PUBLISHED, "closes_on": {"$gt": "", "$lt": day_of(work.now)}}},
            {
                "$lookup": {
                    "from": CLAIMS,
                    "localField": "_id",
                    "foreignField": "offer_id",
                    "pipeline": [{"$match": {"status": ClaimStatus.PENDING}}, {"$limit": 1}],
                    "as": "under_review",
                }
            },
            {"$match": {"under_review": []}},
            {"$unset": "under_review"},
            {"$limit": BATCH},
        ]
    )
    offers = [restore(Offer, document) async for document in found]
    for offer in offers:
        offer.close(work.now)
        work.save(OFFERS, offer)
    await dismiss_waiting(work, [offer.id for offer in offers])
    return len(offers)


async def _claims(work: Work, due: dict[str, Any], first: str) -> list[Claim]:
    found = work.collection(CLAIMS).find(due, sort=[(first, 1)], limit=BATCH)
    return [restore(Claim, document) async for document in found]
