"""Cancel an activity."""

from servicekit.storage.work import Work

from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.release_offers import release_offers
from service_tracking.use_cases.rows import found


async def cancel_activity(work: Work, activity_id: str) -> Offer:
    """Its live claims are released with it; of a crowd the rest within a minute. Raises NotFound, NotAnActivity,
    ActivityOver.
    """
    offers = await work.load(Offer, OFFERS, [activity_id])
    activity = found(offers, activity_id, path="activity_id", what_zh="活动", what_en="activity")
    activity.cancel(work.now)
    await release_offers(work, [activity])
    return activity
