"""Appoint the leader of a team."""

from dataclasses import dataclass

from servicekit.storage.work import Work, restore

from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.offer import Offer
from service_tracking.domain.refusals import LeaderNotInTeam
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.rows import found


@dataclass(frozen=True, slots=True)
class AppointLeader:
    team_id: str
    member_id: str


async def appoint_leader(work: Work, command: AppointLeader) -> Offer:
    """Raises NotFound, NotATeam, OfferClosed, LeaderNotInTeam."""
    teams = await work.load(Offer, OFFERS, [command.team_id])
    team = found(teams, command.team_id, path="team_id", what_zh="服务队", what_en="team")
    team.appoint(command.member_id)
    belongs = {"offer_id": team.id, "member_id": command.member_id, "status": ClaimStatus.APPROVED}
    kept = await work.collection(CLAIMS).find_one(belongs)
    if kept is None:
        raise LeaderNotInTeam(path="member_id", member_id=command.member_id)
    # The claim is saved as well, so that this conflicts with whatever ends it meanwhile.
    work.save(CLAIMS, restore(Claim, kept))
    work.save(OFFERS, team)
    return team
