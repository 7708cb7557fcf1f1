"""Assign communities to members whom the placement rule can't place: the county works off its list."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.members import Assignment, Member, no_such_member
from registration.domain.placement import NoPlacement, PlacementKnown
from registration.storage.collections import DIVISIONS, MEMBERS
from registration.use_cases.batches import Permit, decide_each
from registration.use_cases.resettle import communities_of, placed, primary_agreements


@dataclass(frozen=True, slots=True)
class AssignMember:
    member_id: str
    community_code: str
    reason: str


async def assign_members(work: Work, commands: Sequence[AssignMember], permit: Permit) -> list[Member | Refusal]:
    """Refused: PlacementKnown, NotOnRoster, CommunityWithdrawn, NotFound, InvalidInput."""
    members = await work.load(Member, MEMBERS, [command.member_id for command in commands])
    communities = await work.load(Division, DIVISIONS, [command.community_code for command in commands])
    known = await communities_of(work, members.values())
    agreements = await primary_agreements(work, {one.unit_id for one in members.values()})
    today = city_date(work.now)

    def decide(command: AssignMember) -> Member:
        code = check_community_code(command.community_code, path="community_code")
        member = members.get(command.member_id)
        if member is None:
            raise no_such_member(command.member_id)
        permit(Target(division=member.unit_division))
        permit(Target(division=code))
        if code not in communities:
            raise no_such_division(code, path="community_code")
        communities[code].require_valid(today, path="community_code")
        try:
            placement = placed(member, known, agreements, today)
        except NoPlacement:
            placement = None
        if placement is not None:
            raise PlacementKnown(path="member_id", community_code=placement.community_code, basis=placement.basis)
        assignment = Assignment(
            community_code=code, reason=command.reason, assigned_by=work.actor.subject, assigned_on=today
        )
        member.assign(assignment)
        known[code] = communities[code]
        work.save(MEMBERS, member)
        return member

    return decide_each(commands, decide)
