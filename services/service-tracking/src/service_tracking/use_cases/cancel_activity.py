"""Cancel an activity."""

from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import LIVE, Claim
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.rows import found


async def cancel_activity(work: Work, activity_id: str) -> Offer:
    """Its live claims are released with it. Raises NotFound, NotAnActivity, ActivityOver."""
    offers = await work.load(Offer, OFFERS, [activity_id])
    activity = found(offers, activity_id, path="activity_id", what_zh="活动", what_en="activity")
    activity.cancel(work.now)
    work.save(OFFERS, activity)
    async for document in work.collection(CLAIMS).find({"offer_id": activity_id, "status": {"$in": list(LIVE)}}):
        claim = restore(Claim, document)
        claim.release(work.now)
        work.save(CLAIMS, claim)
    return activity
