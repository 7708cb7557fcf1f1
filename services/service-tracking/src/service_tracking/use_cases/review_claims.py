"""Review claims: approve or decline."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim, Decision
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.storage.places import take_places
from service_tracking.storage.policies import policies_over
from service_tracking.use_cases.rows import each, found
from service_tracking.use_cases.waiting_lists import free_places


@dataclass(frozen=True, slots=True)
class ReviewClaim:
    claim_id: str
    decision: Decision
    reason: str | None = None


async def review_claims(work: Work, commands: Sequence[ReviewClaim]) -> list[Claim | Refusal]:
    """One outcome a command; a place that was kept for who is declined is for who waits next.

    Refused with NotFound, ClaimNotPending, OfferClosed, OfferFull.
    """
    claims = await work.load(Claim, CLAIMS, [command.claim_id for command in commands])
    offers = await work.load(Offer, OFFERS, [claim.offer_id for claim in claims.values()])
    policies = await policies_over(work.database, {offer.community for offer in offers.values()})
    taken: Counter[str] = Counter()
    freed: Counter[str] = Counter()

    def review(command: ReviewClaim) -> Claim:
        claim = found(claims, command.claim_id, path="claim_id", what_zh="认领", what_en="claim")
        if command.decision is Decision.APPROVE:
            had_one = claim.holds_a_place
            rules = policies.rules(claim.community, day_of(work.now))
            claim.approve(offers[claim.offer_id], by=work.actor.subject, now=work.now, rules=rules)
            taken[claim.offer_id] += not had_one
        else:
            freed[claim.offer_id] += claim.decline(by=work.actor.subject, reason=command.reason, now=work.now)
        work.save(CLAIMS, claim)
        return claim

    outcomes = each(commands, review)
    await take_places(work, +taken)
    await free_places(work, freed, ended=[claim for claim in claims.values() if not claim.live])
    return outcomes
