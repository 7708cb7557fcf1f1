"""Release the live claims on offers that are no more, a bounded number in one transaction."""

from collections.abc import Sequence

from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import LIVE, Claim
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import CLAIMS, OFFERS

MOST = 500
MOST_OFFERS = 50


async def go_on_releasing(work: Work) -> int:
    """A step for offers that have claims left to release, as after a kill: of how many offers."""
    found = work.collection(OFFERS).find({"releasing": True}, limit=MOST_OFFERS)
    offers = [restore(Offer, document) async for document in found]
    await release_offers(work, offers)
    return len(offers)


async def release_offers(work: Work, offers: Sequence[Offer]) -> None:
    """Release and save at most MOST of their live claims; where there are more, the offers stay marked for the next
    step.
    """
    of = {offer.id: offer for offer in offers}
    live = {"offer_id": {"$in": sorted(of)}, "status": {"$in": list(LIVE)}}
    claims = [restore(Claim, document) async for document in work.collection(CLAIMS).find(live, limit=MOST + 1)]
    for claim in claims[:MOST]:
        of[claim.offer_id].places_left += claim.release(work.now)
        work.save(CLAIMS, claim)
    for offer in offers:
        offer.releasing = len(claims) > MOST
        work.save(OFFERS, offer)
