"""Transfer a member from one unit's roster to another's, with the registration that the member has."""

from dataclasses import dataclass
from datetime import date

from servicekit.domain import InvalidInput, new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.calendar import past_date
from registration.domain.members import Member, NotOnRoster, no_such_member
from registration.domain.rosters import RosterVersion
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import MEMBERS, ROSTERS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.follow_rosters import registrations_follow


@dataclass(frozen=True, slots=True)
class TransferMember:
    """`effective_on` None is today."""

    member_id: str
    to_unit_id: str
    effective_on: date | None = None


async def transfer_member(work: Work, command: TransferMember, permit: Permit) -> Member:
    """Both units are asked for. Refused: NotOnRoster, NotFound, InvalidInput (the same unit, a day to come)."""
    member = (await work.load(Member, MEMBERS, [command.member_id])).get(command.member_id)
    if member is None:
        raise no_such_member(command.member_id)
    permit(Target(division=member.unit_division, unit=member.unit_id, line=member.line))
    units = await work.load(Unit, UNITS, [member.unit_id, command.to_unit_id])
    if command.to_unit_id not in units:
        raise no_such_unit(command.to_unit_id, path="to_unit_id")
    old, new = units[member.unit_id], units[command.to_unit_id]
    permit(Target(division=new.division, unit=new.id, line=new.line))
    if not member.on_roster:
        raise NotOnRoster(member_id=member.id)
    if old.id == new.id:
        raise InvalidInput(path="to_unit_id", reason_zh="已在该单位", reason_en="the member is in this unit already")
    on = past_date(command.effective_on, work.now, path="effective_on")
    await _version(work, old, on, member, joins=False)
    await _version(work, new, on, member, joins=True)
    member.join(new, on)
    work.save(MEMBERS, member)
    await registrations_follow(work, [member])
    return member


async def _version(work: Work, unit: Unit, on: date, member: Member, *, joins: bool) -> None:
    """A version of the unit's roster that differs by this member alone."""
    lines = await work.collection(MEMBERS).count_documents({"unit_id": unit.id, "on_roster": True})
    unit.roster_number += 1
    version = RosterVersion(
        id=new_id(),
        lane=unit.lane,
        unit_id=unit.id,
        number=unit.roster_number,
        effective_on=on,
        applied_at=work.now,
        applied_by=work.actor.subject,
        file_name="",
        lines=lines + (1 if joins else -1),
        joined=[member.id] if joins else [],
        left=[] if joins else [member.id],
        changed=[],
    )
    version.record("roster-applied")
    work.save(UNITS, unit)
    work.save(ROSTERS, version)
