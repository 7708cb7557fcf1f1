"""Appointments: members who serve in an organ or are seconded to a community, and of which rank they are."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import NotFound, Refusal

from registration.domain.divisions import ancestors_of, lane_of
from registration.domain.members import Member, NotOnRoster
from registration.domain.organs import Organ, OrganKind
from registration.domain.terms import Term


class AppointmentRole(StrEnum):
    SECRETARY = "SECRETARY"
    FIRST_SECRETARY = "FIRST_SECRETARY"
    COMMITTEE_MEMBER = "COMMITTEE_MEMBER"
    ADVISER = "ADVISER"


class Rank(StrEnum):
    """The rank that the official holds in the own unit."""

    BUREAU = "BUREAU"
    DIVISION = "DIVISION"
    SECTION = "SECTION"
    NONE = "NONE"


class AppointmentAlreadyMade(Refusal):
    appointment_id: str
    zh = "该党员已在此任该职务"
    en = "This member holds this role here already"
    next_zh = "请先终止原任职,再重新任命。"
    next_en = "End that appointment first, then appoint again."


class AppointmentSnapshot(BaseModel):
    """Public state of an appointment, carried by its events."""

    appointment_id: str
    member_id: str
    division: str
    organ_id: str | None
    organ_kind: OrganKind | None
    role: AppointmentRole
    rank: Rank
    starts_on: date
    ended_on: date | None


class Appointment(Term):
    """In an organ, or, where `organ_id` is None, in the division itself (a first secretary of a community)."""

    member_id: str
    unit_id: str
    division: str
    ancestors: list[str]
    organ_id: str | None
    organ_kind: OrganKind | None = None
    role: AppointmentRole
    rank: Rank

    def end(self, on: date) -> None:
        self.finish(on, "appointment-ended")

    def move(self, division: str) -> None:
        """The organ goes on in another community."""
        self.division, self.ancestors = division, ancestors_of(division)
        self.record("appointment-moved")

    def snapshot(self) -> AppointmentSnapshot:
        fields = {"member_id", "division", "organ_id", "organ_kind", "role", "rank", "starts_on", "ended_on"}
        return AppointmentSnapshot(appointment_id=self.id, **self.model_dump(include=fields))


def make_appointment(
    appointment_id: str,
    member: Member,
    *,
    division: str,
    organ: Organ | None,
    role: AppointmentRole,
    rank: Rank,
    on: date,
) -> Appointment:
    if not member.on_roster:
        raise NotOnRoster(path="member_id", member_id=member.id)
    appointment = Appointment(
        id=appointment_id,
        lane=lane_of(division),
        member_id=member.id,
        unit_id=member.unit_id,
        division=division,
        ancestors=ancestors_of(division),
        organ_id=organ.id if organ else None,
        organ_kind=organ.kind if organ else None,
        role=role,
        rank=rank,
        starts_on=on,
    )
    appointment.record("appointment-made")
    return appointment


def no_such_appointment(appointment_id: str) -> NotFound:
    return NotFound(what_zh="任职", what_en="appointment", id=appointment_id, path="id")
