"""Transfer a member from one unit's roster to another's, with the registration that the member has."""

from dataclasses import dataclass
from datetime import date

from servicekit.domain import InvalidInput
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.calendar import past_date
from registration.domain.members import Member, NotOnRoster, no_such_member
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import MEMBERS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.follow_rosters import registrations_follow
from registration.use_cases.hold_lines import settle_claims
from registration.use_cases.resettle import resettle
from registration.use_cases.roster_versions import go_over


@dataclass(frozen=True, slots=True)
class TransferMember:
    """`effective_on` None is today."""

    member_id: str
    to_unit_id: str
    effective_on: date | None = None


async def transfer_member(work: Work, command: TransferMember, permit: Permit) -> Member:
    """Both units are asked for. Refused: NotOnRoster, UnitMerged, NotFound, InvalidInput (the same unit)."""
    member = (await work.load(Member, MEMBERS, [command.member_id])).get(command.member_id)
    if member is None:
        raise no_such_member(command.member_id)
    permit(Target(division=member.unit_division, unit=member.unit_id, line=member.line))
    units = await work.load(Unit, UNITS, [member.unit_id, command.to_unit_id])
    if command.to_unit_id not in units:
        raise no_such_unit(command.to_unit_id, path="to_unit_id")
    old, new = units[member.unit_id], units[command.to_unit_id]
    new.require_standing("to_unit_id")
    permit(Target(division=new.division, unit=new.id, line=new.line))
    if not member.on_roster:
        raise NotOnRoster(member_id=member.id)
    if old.id == new.id:
        raise InvalidInput(path="to_unit_id", reason_zh="已在该单位", reason_en="the member is in this unit already")
    on = past_date(command.effective_on, work.now, path="effective_on")
    await go_over(work, old, [(new, [member])], on)
    await resettle(work, [member], standing=await registrations_follow(work, [member]))
    await settle_claims(work, member.id, new.id)
    return member
