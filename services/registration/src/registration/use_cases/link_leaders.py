"""Link leaders to communities, and end a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.calendar import past_date
from registration.domain.divisions import Division, check_community_code, no_such_division
from registration.domain.leader_links import LeaderAlreadyLinked, LeaderLink, link_leader, no_such_link
from registration.domain.members import Member, no_such_member
from registration.storage.collections import DIVISIONS, LEADER_LINKS, MEMBERS
from registration.use_cases.batches import Permit, decide_each


@dataclass(frozen=True, slots=True)
class LinkLeader:
    """`starts_on` None is today."""

    member_id: str
    community_code: str
    starts_on: date | None = None


async def link_leaders(work: Work, commands: Sequence[LinkLeader], permit: Permit) -> list[LeaderLink | Refusal]:
    """Refused: LeaderAlreadyLinked, NotOnRoster, CommunityWithdrawn, NotFound, InvalidInput."""
    members = await work.load(Member, MEMBERS, [command.member_id for command in commands])
    communities = await work.load(Division, DIVISIONS, [command.community_code for command in commands])
    linked = await _linked(work, list(members))

    def decide(command: LinkLeader) -> LeaderLink:
        code = check_community_code(command.community_code, path="community_code")
        permit(Target(division=code))
        if code not in communities:
            raise no_such_division(code, path="community_code")
        member = members.get(command.member_id)
        if member is None:
            raise no_such_member(command.member_id)
        if (member.id, code) in linked:
            raise LeaderAlreadyLinked(path="member_id", link_id=linked[member.id, code])
        on = past_date(command.starts_on, work.now, path="starts_on")
        communities[code].require_valid(on, path="community_code")
        link = link_leader(new_id(), member, code, on)
        linked[member.id, code] = link.id
        work.save(LEADER_LINKS, link)
        return link

    return decide_each(commands, decide)


async def end_leader_link(work: Work, link_id: str, ended_on: date | None, permit: Permit) -> LeaderLink:
    """Refused: TermAlreadyEnded, NotFound, InvalidInput."""
    link = (await work.load(LeaderLink, LEADER_LINKS, [link_id])).get(link_id)
    if link is None:
        raise no_such_link(link_id)
    permit(Target(division=link.community_code))
    link.end(past_date(ended_on, work.now, path="ended_on"))
    work.save(LEADER_LINKS, link)
    return link


async def _linked(work: Work, members: list[str]) -> dict[tuple[str, str], str]:
    found = work.collection(LEADER_LINKS).find({"member_id": {"$in": members}, "ended_on": None})
    return {(one["member_id"], one["community_code"]): one["_id"] async for one in found}
