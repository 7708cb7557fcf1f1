"""Close an offer."""

from servicekit.storage.work import Work

from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.rows import found


async def close_offer(work: Work, offer_id: str) -> Offer:
    """Its approved claims stand; those that wait can only be declined or withdrawn. Raises NotFound, OfferClosed."""
    offers = await work.load(Offer, OFFERS, [offer_id])
    offer = found(offers, offer_id, path="offer_id", what_zh="事项", what_en="offer")
    offer.close(work.now)
    work.save(OFFERS, offer)
    return offer
