"""Appoint members to organs and communities, and end an appointment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import InvalidInput, Refusal, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.appointments import (
    Appointment,
    AppointmentAlreadyMade,
    AppointmentRole,
    Rank,
    make_appointment,
    no_such_appointment,
)
from registration.domain.calendar import past_date
from registration.domain.divisions import Division, no_such_division, parse_code
from registration.domain.members import Member, no_such_member
from registration.domain.organs import Organ, no_such_organ
from registration.storage.collections import APPOINTMENTS, DIVISIONS, MEMBERS, ORGANS
from registration.use_cases.batches import Permit, decide_each


@dataclass(frozen=True, slots=True)
class MakeAppointment:
    """To an organ, or to a division: one of the two. `starts_on` None is today."""

    member_id: str
    role: AppointmentRole
    rank: Rank
    organ_id: str | None = None
    division: str | None = None
    starts_on: date | None = None


async def make_appointments(
    work: Work, commands: Sequence[MakeAppointment], permit: Permit
) -> list[Appointment | Refusal]:
    """Refused: AppointmentAlreadyMade, NotOnRoster, CommunityWithdrawn, NotFound (member, organ, division),
    InvalidInput.
    """
    members = await work.load(Member, MEMBERS, [command.member_id for command in commands])
    organs = await work.load(Organ, ORGANS, [command.organ_id for command in commands if command.organ_id])
    divisions = await work.load(Division, DIVISIONS, [command.division for command in commands if command.division])
    held = await _held(work, list(members))

    def decide(command: MakeAppointment) -> Appointment:
        place = _place(command, organs, divisions)
        permit(Target(division=place))
        on = past_date(command.starts_on, work.now, path="starts_on")
        organ = organs[command.organ_id] if command.organ_id else None
        if organ is None:
            divisions[place].require_valid(on, path="division")
        member = members.get(command.member_id)
        if member is None:
            raise no_such_member(command.member_id)
        key = (member.id, place, command.organ_id, command.role.value)
        if key in held:
            raise AppointmentAlreadyMade(path="member_id", appointment_id=held[key])
        made = make_appointment(
            new_id(), member, division=place, organ=organ, role=command.role, rank=command.rank, on=on
        )
        held[key] = made.id
        work.save(APPOINTMENTS, made)
        if organ:
            # Written, though nothing of it changes: so that it is dissolved at the same moment is a conflict.
            work.save(ORGANS, organ)
        return made

    return decide_each(commands, decide)


async def end_appointment(work: Work, appointment_id: str, ended_on: date | None, permit: Permit) -> Appointment:
    """Refused: TermAlreadyEnded, NotFound, InvalidInput."""
    made = (await work.load(Appointment, APPOINTMENTS, [appointment_id])).get(appointment_id)
    if made is None:
        raise no_such_appointment(appointment_id)
    permit(Target(division=made.division))
    made.end(past_date(ended_on, work.now, path="ended_on"))
    work.save(APPOINTMENTS, made)
    return made


def _place(command: MakeAppointment, organs: dict[str, Organ], divisions: dict[str, Division]) -> str:
    """The division where it is."""
    if (command.organ_id is None) == (command.division is None):
        raise InvalidInput(
            path="organ_id",
            reason_zh="组织与区划须且只能给出一个",
            reason_en="give an organ or a division",
        )
    if command.organ_id is not None:
        organ = organs.get(command.organ_id)
        if organ is None or organ.ended_on is not None:
            raise no_such_organ(command.organ_id)
        return organ.division
    code = parse_code(str(command.division), path="division")
    if code not in divisions:
        raise no_such_division(code, path="division")
    return code


async def _held(work: Work, members: list[str]) -> dict[tuple[str, str, str | None, str], str]:
    found = work.collection(APPOINTMENTS).find({"member_id": {"$in": members}, "ended_on": None})
    return {(one["member_id"], one["division"], one["organ_id"], one["role"]): one["_id"] async for one in found}
