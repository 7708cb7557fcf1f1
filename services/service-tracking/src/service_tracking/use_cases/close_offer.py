"""Close an offer."""

from servicekit.storage.work import Work

from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import OFFERS
from service_tracking.use_cases.rows import found
from service_tracking.use_cases.waiting_lists import dismiss_waiting


async def close_offer(work: Work, offer_id: str) -> Offer:
    """Its approved claims stand; those under review can only be declined or withdrawn, and who waits is released.

    Raises NotFound, OfferClosed."""
    offers = await work.load(Offer, OFFERS, [offer_id])
    offer = found(offers, offer_id, path="offer_id", what_zh="事项", what_en="offer")
    offer.close(work.now)
    await dismiss_waiting(work, [offer.id])
    work.save(OFFERS, offer)
    return offer
