"""Publish posts and wishes."""

from collections.abc import Sequence

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.offer import Offer, OfferDraft
from service_tracking.storage.collections import OFFERS
from service_tracking.storage.references import sent_before
from service_tracking.use_cases.rows import each


async def publish_offers(work: Work, drafts: Sequence[OfferDraft]) -> list[Offer | Refusal]:
    """One outcome a draft. A reference that the actor used before answers the offer published then."""
    known = await sent_before(work, Offer, OFFERS, "published_by", [draft.reference for draft in drafts])

    def publish(draft: OfferDraft) -> Offer:
        if draft.reference is not None and draft.reference in known:
            return known[draft.reference]
        offer = Offer.publish(draft, id=new_id(), by=work.actor.subject, now=work.now)
        work.save(OFFERS, offer)
        if draft.reference is not None:
            known[draft.reference] = offer
        return offer

    return each(drafts, publish)
