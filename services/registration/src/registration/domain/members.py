"""Members: people on the rosters of their units. Their personal data is sealed; outside they are an opaque id."""

from datetime import date

from pydantic import BaseModel, Field
from servicekit.domain import Aggregate, NotFound, Refusal

from registration.domain.units import Unit


class NotOnRoster(Refusal):
    member_id: str
    zh = "该党员不在任何单位的在册名单上"
    en = "This member is on no unit's active roster"
    next_zh = "请由所在单位先提交花名册。"
    next_en = "Have the unit submit its roster first."


class MemberSnapshot(BaseModel):
    """Public state of a member's roster line, carried by its events."""

    member_id: str
    unit_id: str
    division: str
    active: bool
    joined_on: date
    left_on: date | None


class EarlierResidence(BaseModel):
    """Where a member lived (None: not known) before `until`."""

    community_code: str | None
    until: date


class Assignment(BaseModel):
    """The community that the county assigned to a member whom nothing else places."""

    community_code: str
    reason: str
    assigned_by: str
    assigned_on: date


class Member(Aggregate):
    """A member. `sealed` holds name, ID number and phone; `id_index` is the blind index of the ID number.

    `residence` is a community that the system knows, or None. `on_roster` says whether the unit's newest roster has
    the member.
    """

    PERSONAL = Aggregate.PERSONAL | {"id_index", "residence", "earlier_residences"}

    unit_id: str
    unit_division: str
    line: str
    sealed: str
    id_index: str
    residence: str | None = None
    earlier_residences: list[EarlierResidence] = Field(default_factory=list)
    on_roster: bool = True
    joined_on: date
    left_on: date | None = None
    assignment: Assignment | None = None

    @property
    def assigned(self) -> str | None:
        return self.assignment.community_code if self.assignment else None

    def assign(self, assignment: Assignment) -> None:
        if not self.on_roster:
            raise NotOnRoster(path="member_id", member_id=self.id)
        self.assignment = assignment
        self.record("member-changed")

    def join(self, unit: Unit, on: date) -> None:
        self.unit_id, self.unit_division, self.line = unit.id, unit.division, unit.line
        self.on_roster, self.joined_on, self.left_on = True, on, None
        self.record("member-joined")

    def update(self, sealed: str, residence: str | None, on: date) -> None:
        """Take over newer data; a blank residence never overwrites."""
        self.sealed = sealed
        self.live_in(residence, on)
        self.record("member-changed")

    def live_in(self, residence: str | None, on: date) -> None:
        """Take over the residence; a blank one never overwrites."""
        if residence and residence != self.residence:
            self.earlier_residences.append(EarlierResidence(community_code=self.residence, until=on))
            self.residence = residence

    def residence_on(self, on: date) -> str | None:
        """Where the member lived that day, as far as was known."""
        earlier = next((one for one in self.earlier_residences if on < one.until), None)
        return earlier.community_code if earlier else self.residence

    def leave(self, on: date) -> None:
        self.on_roster, self.left_on = False, on
        self.record("member-left")

    def declare_residence(self, community_code: str, on: date) -> bool:
        """Whether it differs from what was known."""
        if self.residence == community_code:
            return False
        self.live_in(community_code, on)
        self.record("member-changed")
        return True

    def snapshot(self) -> MemberSnapshot:
        return MemberSnapshot(
            member_id=self.id,
            unit_id=self.unit_id,
            division=self.unit_division,
            active=self.on_roster,
            joined_on=self.joined_on,
            left_on=self.left_on,
        )


def new_member(member_id: str, unit: Unit, *, sealed: str, id_index: str, residence: str | None, on: date) -> Member:
    member = Member(
        id=member_id,
        lane=unit.lane,
        unit_id=unit.id,
        unit_division=unit.division,
        line=unit.line,
        sealed=sealed,
        id_index=id_index,
        residence=residence,
        joined_on=on,
    )
    member.record("member-joined")
    return member


def no_such_member(member_id: str, path: str = "member_id") -> NotFound:
    return NotFound(what_zh="党员", what_en="member", id=member_id, path=path)
