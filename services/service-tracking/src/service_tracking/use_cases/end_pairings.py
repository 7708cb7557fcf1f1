"""End pairings that have done their work."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer, OfferStatus
from service_tracking.domain.person import Person
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.rows import each, found
from service_tracking.use_cases.waiting_lists import dismiss_waiting


@dataclass(frozen=True, slots=True)
class EndPairing:
    claim_id: str


async def end_pairings(work: Work, _by: Person, commands: Sequence[EndPairing]) -> list[Claim | Refusal]:
    """One outcome a command; the need is closed with its pairing.

    Refused with NotFound, NotAPairing, ClaimNotApproved.
    """
    claims = await work.load(Claim, CLAIMS, [command.claim_id for command in commands])
    needs = await work.load(Offer, OFFERS, [claim.offer_id for claim in claims.values()])

    def end(command: EndPairing) -> Claim:
        claim = found(claims, command.claim_id, path="claim_id", what_zh="结对", what_en="pairing")
        claim.complete(work.now)
        work.save(CLAIMS, claim)
        need = needs[claim.offer_id]
        if need.status is OfferStatus.PUBLISHED:
            need.close(work.now)
            work.save(OFFERS, need)
        return claim

    outcomes = each(commands, end)
    await dismiss_waiting(work, [outcome.offer_id for outcome in outcomes if isinstance(outcome, Claim)])
    return outcomes
