"""Hand a claim over: the place passes to another member without being free in between."""

from dataclasses import dataclass

from servicekit.domain import new_id
from servicekit.storage.work import Work

from service_tracking.domain.claim import LIVE, Claim
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer
from service_tracking.domain.refusals import AlreadyClaimed
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.storage.leaders import drop_leaders
from service_tracking.storage.policies import policies_over
from service_tracking.storage.registrations import completed_registrations, hold_registrations
from service_tracking.use_cases.rows import found, registered


@dataclass(frozen=True, slots=True)
class HandOverClaim:
    claim_id: str
    to_member_id: str


async def hand_over_claim(work: Work, command: HandOverClaim) -> Claim:
    """The successor's claim. Raises NotFound, MemberNotRegistered, RegisteredElsewhere, AlreadyClaimed,
    ClaimNotApproved, OfferClosed, InvalidInput.
    """
    claims = await work.load(Claim, CLAIMS, [command.claim_id])
    claim = found(claims, command.claim_id, path="claim_id", what_zh="认领", what_en="claim")
    members = await completed_registrations(work, [command.to_member_id])
    member = registered(members, command.to_member_id, path="to_member_id")
    offers = await work.load(Offer, OFFERS, [claim.offer_id])
    rules = (await policies_over(work.database, [claim.community])).rules(claim.community, day_of(work.now))
    successor = claim.hand_over(
        offers[claim.offer_id], member, id=new_id(), by=work.actor.subject, now=work.now, rules=rules
    )
    await _check_not_claimed(work, successor)
    await hold_registrations(work, [member])
    await drop_leaders(work, [claim])
    work.save(CLAIMS, claim)
    work.save(CLAIMS, successor)
    return successor


async def _check_not_claimed(work: Work, successor: Claim) -> None:
    live = {"offer_id": successor.offer_id, "member_id": successor.member_id, "status": {"$in": list(LIVE)}}
    if (earlier := await work.collection(CLAIMS).find_one(live, {"_id": 1})) is not None:
        raise AlreadyClaimed(path="to_member_id", offer_id=successor.offer_id, claim_id=earlier["_id"])
