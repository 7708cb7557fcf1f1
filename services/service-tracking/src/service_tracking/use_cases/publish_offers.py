"""Publish offers of every kind."""

from collections.abc import Sequence

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.agreement import Agreement
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer, OfferDraft
from service_tracking.domain.person import Person
from service_tracking.storage.agreements import Pair, agreements_between, in_force
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.storage.references import sent_before
from service_tracking.storage.registrations import completed_registrations, hold_registrations
from service_tracking.use_cases.rows import each, registered


async def publish_offers(work: Work, drafts: Sequence[OfferDraft]) -> list[Offer | Refusal]:
    """One outcome a draft. A reference that the actor used before answers the offer published then.

    A team's leader becomes its first member. Refused with InvalidInput, NoAgreement, MemberNotRegistered.
    """
    known = await sent_before(work, Offer, OFFERS, "published_by", [draft.reference for draft in drafts])
    agreements = await agreements_between(work, _pairs(drafts))
    leaders = await completed_registrations(work, [draft.leader_id for draft in drafts if draft.leader_id])
    led = set()

    def publish(draft: OfferDraft) -> Offer:
        if draft.reference is not None and draft.reference in known:
            return known[draft.reference]
        leader = registered(leaders, draft.leader_id, path="leader_id") if draft.leader_id else None
        offer = Offer.publish(
            draft, id=new_id(), by=work.actor.subject, now=work.now, agreement=_agreement(agreements, draft)
        )
        if leader is not None:
            led.add(leader)
            claim = Claim.join(offer, leader, id=new_id(), by=Person(work.actor.subject), now=work.now)
            work.save(CLAIMS, claim)
        work.save(OFFERS, offer)
        if draft.reference is not None:
            known[draft.reference] = offer
        return offer

    outcomes = each(drafts, publish)
    await hold_registrations(work, led)
    return outcomes


def _pairs(drafts: Sequence[OfferDraft]) -> list[Pair]:
    return [(draft.occasion.unit_id, draft.community) for draft in drafts if draft.occasion and draft.occasion.unit_id]


def _agreement(agreements: dict[Pair, list[Agreement]], draft: OfferDraft) -> Agreement | None:
    occasion = draft.occasion
    if occasion is None or occasion.unit_id is None:
        return None
    return in_force(agreements[occasion.unit_id, draft.community], occasion.on)
