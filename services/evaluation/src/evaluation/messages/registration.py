"""What this service needs of registration's facts."""

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from evaluation.domain.facts import MERGED, Kind
from evaluation.messages.counted import Counted, DivisionCode, Id, Line, Word, dated, days

Amount = Annotated[int, Field(ge=0, le=10**15)]


class DivisionFact(Counted):
    code: DivisionCode
    name: str
    level: Word
    valid_from: date | None = None
    valid_until: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.DIVISION,
            "division": self.code,
            "name": self.name,
            "status": self.level,
            "days": days(valid_from=self.valid_from),
            **dated("until", self.valid_until),
        }


class UnitFact(Counted):
    unit_id: Id
    name: str = ""
    line: Line = ""
    division: DivisionCode
    merged_into: Id | None = None

    def counted(self) -> dict[str, Any]:
        status = MERGED if self.merged_into else ""
        told = {"division": self.division, "unit": self.unit_id, "line": self.line, "name": self.name}
        return {"kind": Kind.UNIT, "status": status, **told}


class AgreementFact(Counted):
    unit_id: Id
    community: DivisionCode
    status: Word
    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None

    def counted(self) -> dict[str, Any]:
        # The last day that there is stands for no end.
        term_over = self.ends_on + timedelta(days=1) if self.ends_on and self.ends_on < date.max else None
        return {
            "kind": Kind.AGREEMENT,
            "division": self.community,
            "unit": self.unit_id,
            "status": self.status,
            "on": self.starts_on,
            **dated("until", self.ended_on or term_over),
        }


class MemberFact(Counted):
    """A member's line on the roster of its unit, counted where the unit sits."""

    member_id: Id
    unit_id: Id
    division: DivisionCode
    active: bool
    joined_on: date
    left_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.ROSTER_LINE,
            "division": self.division,
            "unit": self.unit_id,
            "member": self.member_id,
            "status": "ACTIVE" if self.active else "LEFT",
            "on": self.joined_on,
            **dated("until", None if self.active else self.left_on),
        }


class RegistrationFact(Counted):
    member_id: Id
    unit_id: Id
    community: DivisionCode
    status: Word
    submitted_on: date
    certified_on: date | None = None
    completed_on: date | None = None
    ended_on: date | None = None
    unit_division: DivisionCode | None = None
    on_roster_since: date | None = None
    left_roster_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.REGISTRATION,
            "division": self.community,
            "unit": self.unit_id,
            "member": self.member_id,
            "status": self.status,
            "on": self.completed_on or self.submitted_on,
            "home": self.unit_division or "",
            "days": days(
                submitted=self.submitted_on,
                certified=self.certified_on,
                on_roster_since=self.on_roster_since,
                left_roster=self.left_roster_on,
            ),
            **dated("until", self.ended_on),
        }


class GridFact(Counted):
    community: DivisionCode

    def counted(self) -> dict[str, Any]:
        return {"kind": Kind.GRID, "division": self.community}


class OrganFact(Counted):
    division: DivisionCode
    kind: Word
    starts_on: date
    ended_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.ORGAN,
            "division": self.division,
            "organ_kind": self.kind,
            "status": "ENDED" if self.ended_on else "ACTIVE",
            "on": self.starts_on,
            **dated("until", self.ended_on),
        }


class LeaderLinkFact(Counted):
    community: DivisionCode
    starts_on: date
    ended_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.LEADER_LINK,
            "division": self.community,
            "status": "ENDED" if self.ended_on else "ACTIVE",
            "on": self.starts_on,
            **dated("until", self.ended_on),
        }


class AppointmentFact(Counted):
    member_id: Id
    division: DivisionCode
    organ_kind: Word | None = None
    role: Word
    rank: Word
    starts_on: date
    ended_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.APPOINTMENT,
            "division": self.division,
            "member": self.member_id,
            "organ_kind": self.organ_kind or "",
            "role": self.role,
            "rank": self.rank,
            "status": "ENDED" if self.ended_on else "ACTIVE",
            "on": self.starts_on,
            **dated("until", self.ended_on),
        }


class ProfileFact(Counted):
    """What a community has, in yuan a year and square metres, `since` a day: the event's, where it isn't told."""

    community: DivisionCode
    funding: Amount
    added_funding: Amount
    added_premises: Amount
    since: date | None = None
    closed_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.PROFILE,
            "division": self.community,
            "amounts": self.model_dump(include={"funding", "added_funding", "added_premises"}),
            **dated("on", self.since),
            **dated("until", self.closed_on),
        }
