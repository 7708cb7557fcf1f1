"""Claim offers, for oneself or on behalf of a member."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.claim import LIVE, Claim
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import AlreadyClaimed
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.storage.places import take_places
from service_tracking.storage.registrations import completed_registrations, hold_registrations
from service_tracking.use_cases.rows import each, found, registered


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    offer_id: str
    member_id: str


async def claim_offers(work: Work, by: Person, commands: Sequence[ClaimOffer]) -> list[Claim | Refusal]:
    """One outcome a command: a claim, PENDING or approved at once.

    Refused with NotFound, MemberNotRegistered, AlreadyClaimed, OfferClosed, OfferNotOpen, OfferFull.
    """
    offers = await work.load(Offer, OFFERS, [command.offer_id for command in commands])
    members = await completed_registrations(work, [command.member_id for command in commands])
    live = await _live_claims(work, commands)

    def claim(command: ClaimOffer) -> Claim:
        offer = found(offers, command.offer_id, path="offer_id", what_zh="事项", what_en="offer")
        member = registered(members, command.member_id)
        if (earlier := live.get((offer.id, member.member_id))) is not None:
            raise AlreadyClaimed(path="offer_id", offer_id=offer.id, claim_id=earlier)
        made = Claim.request(offer, member, id=new_id(), by=by, now=work.now)
        live[offer.id, member.member_id] = made.id
        work.save(CLAIMS, made)
        return made

    outcomes = each(commands, claim)
    made = [outcome for outcome in outcomes if isinstance(outcome, Claim)]
    await take_places(work, Counter(claim.offer_id for claim in made if claim.holds_a_place))
    await hold_registrations(work, [members[claim.member_id] for claim in made])
    return outcomes


async def _live_claims(work: Work, commands: Sequence[ClaimOffer]) -> dict[tuple[str, str], str]:
    """The ids of the live claims among these offers and members."""
    kept = work.collection(CLAIMS).find(
        {
            "offer_id": {"$in": list({command.offer_id for command in commands})},
            "member_id": {"$in": list({command.member_id for command in commands})},
            "status": {"$in": list(LIVE)},
        },
        {"offer_id": 1, "member_id": 1},
    )
    return {(claim["offer_id"], claim["member_id"]): claim["_id"] async for claim in kept}
