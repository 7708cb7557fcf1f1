"""Claim offers, for oneself or on behalf of a member."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.claim import LIVE, Claim, ClaimStatus
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import AlreadyClaimed, WaitingListFull
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.storage.places import hold_offers, join_queues, take_places
from service_tracking.storage.policies import policies_over
from service_tracking.storage.queues import waiting_for
from service_tracking.storage.registrations import completed_registrations, hold_registrations
from service_tracking.use_cases.rows import each, found, registered

# Closing an offer releases all who wait for it in one transaction.
MOST_WAITING = 500


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """`wait`: join the waiting list where the offer is full."""

    offer_id: str
    member_id: str
    wait: bool = False


async def claim_offers(work: Work, by: Person, commands: Sequence[ClaimOffer]) -> list[Claim | Refusal]:
    """One outcome a command: a claim, PENDING, approved at once or WAITING.

    Refused with NotFound, MemberNotRegistered, RegisteredElsewhere, AlreadyClaimed, OfferClosed, OfferNotOpen,
    OfferFull, WaitingListFull.
    """
    await work.take_turns(command.offer_id for command in commands)
    offers = await work.load(Offer, OFFERS, [command.offer_id for command in commands])
    members = await completed_registrations(work, [command.member_id for command in commands])
    live = await _live_claims(work, commands)
    policies = await policies_over(work.database, {offer.community for offer in offers.values()})
    waiting = Counter(await waiting_for(work.database, [one.offer_id for one in commands if one.wait]))

    def claim(command: ClaimOffer) -> Claim:
        offer = found(offers, command.offer_id, path="offer_id", what_zh="事项", what_en="offer")
        member = registered(members, command.member_id)
        if (earlier := live.get((offer.id, member.member_id))) is not None:
            raise AlreadyClaimed(path="offer_id", offer_id=offer.id, claim_id=earlier)
        rules = policies.rules(offer.community, day_of(work.now))
        wait = _joins(command, offer, waiting)
        made = Claim.request(offer, member, id=new_id(), by=by, now=work.now, rules=rules, wait=wait)
        waiting[offer.id] += wait
        live[offer.id, member.member_id] = made.id
        work.save(CLAIMS, made)
        return made

    outcomes = each(commands, claim)
    made = [outcome for outcome in outcomes if isinstance(outcome, Claim)]
    await take_places(work, Counter(claim.offer_id for claim in made if claim.holds_a_place))
    await join_queues(work, Counter(claim.offer_id for claim in made if claim.status is ClaimStatus.WAITING))
    await hold_offers(work, (claim.offer_id for claim in made if claim.status is ClaimStatus.PENDING))
    await hold_registrations(work, [members[claim.member_id] for claim in made])
    return outcomes


def _joins(command: ClaimOffer, offer: Offer, waiting: Counter[str]) -> bool:
    """Whether it becomes a claim that waits. Raises WaitingListFull."""
    joins = command.wait and not offer.places_left
    if joins and waiting[offer.id] >= MOST_WAITING:
        raise WaitingListFull(path="offer_id", offer_id=offer.id, most=MOST_WAITING)
    return joins


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
