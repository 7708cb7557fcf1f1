"""Leader links: which leader looks after which community, and since when."""

from datetime import date

from pydantic import BaseModel
from servicekit.domain import NotFound, Refusal

from registration.domain.divisions import ancestors_of, lane_of
from registration.domain.members import Member, NotOnRoster
from registration.domain.terms import Term


class LeaderAlreadyLinked(Refusal):
    link_id: str
    zh = "该领导已挂钩该社区"
    en = "This leader is linked to this community already"
    next_zh = "无需重复登记。"
    next_en = "There is nothing left to do."


class LeaderLinkSnapshot(BaseModel):
    """Public state of a leader's link, carried by its events."""

    link_id: str
    member_id: str
    community: str
    starts_on: date
    ended_on: date | None


class LeaderLink(Term):
    member_id: str
    community_code: str
    ancestors: list[str]

    def end(self, on: date) -> None:
        self.finish(on, "leader-unlinked")

    def snapshot(self) -> LeaderLinkSnapshot:
        return LeaderLinkSnapshot(
            link_id=self.id,
            member_id=self.member_id,
            community=self.community_code,
            starts_on=self.starts_on,
            ended_on=self.ended_on,
        )


def link_leader(link_id: str, member: Member, community_code: str, on: date) -> LeaderLink:
    if not member.on_roster:
        raise NotOnRoster(path="member_id", member_id=member.id)
    link = LeaderLink(
        id=link_id,
        lane=lane_of(community_code),
        member_id=member.id,
        community_code=community_code,
        ancestors=ancestors_of(community_code),
        starts_on=on,
    )
    link.record("leader-linked")
    return link


def no_such_link(link_id: str) -> NotFound:
    return NotFound(what_zh="领导挂钩", what_en="leader link", id=link_id, path="id")
