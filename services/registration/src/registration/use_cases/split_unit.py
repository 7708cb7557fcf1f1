"""Split a unit: named members and agreements go over to other units, and the unit goes on with the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from servicekit.domain import new_id
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.agreements import Agreement, no_such_agreement
from registration.domain.members import Member, NotOnRoster, no_such_member
from registration.domain.reorganisations import (
    NotOfThisUnit,
    Reorganisation,
    ReorganisationKind,
    UnitPart,
    check_unit_split,
    day_of_effect,
    order_reorganisation,
)
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import AGREEMENTS, MEMBERS, REORGANISATIONS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.follow_rosters import registrations_follow
from registration.use_cases.hand_over_agreements import agreements_of, hand_over_agreements, primary_ones
from registration.use_cases.resettle import paired_members, resettle
from registration.use_cases.roster_versions import go_over


@dataclass(frozen=True, slots=True)
class SplitUnit:
    """The parts' units are registered already; `effective_on` None is today."""

    unit_id: str
    parts: list[UnitPart]
    reason: str
    effective_on: date | None = None


async def split_unit(work: Work, command: SplitUnit, permit: Permit) -> Reorganisation:
    """Asks for all units. Refused: MergedIntoItself, UnitMerged, NotOfThisUnit, NotOnRoster, AgreementAlreadyEnded,
    DayToCome, NotFound, InvalidInput.
    """
    units = await _permitted_units(work, command, permit)
    check_unit_split(command.unit_id, command.parts)
    on = day_of_effect(command.effective_on, work.now)
    members = await _members(work, command)
    known = await agreements_of(work, list(units))
    agreements = await _agreements(work, command, {one.id: one for one in known})
    old = units[command.unit_id]
    ordered = order_reorganisation(
        new_id(),
        ReorganisationKind.SPLIT_UNIT,
        place=old.division,
        sources=[old.id],
        target=old.id,
        unit_parts=command.parts,
        effective_on=on,
        reason=command.reason,
        by=work.actor.subject,
        now=work.now,
    )
    joining = [(units[part.unit_id], [members[id] for id in part.members]) for part in command.parts]
    await go_over(work, old, [(unit, people) for unit, people in joining if people], on)
    for part in command.parts:
        hand_over_agreements(work, [agreements[id] for id in part.agreements], units[part.unit_id], known, on)
    primary = primary_ones(known)
    going = list(members.values())
    await resettle(work, going, primary=primary, standing=await registrations_follow(work, going))
    staying = [one for one in await paired_members(work, [old.id]) if one.id not in members]
    await resettle(work, staying, primary=primary)
    ordered.people = len(going)
    ordered.went_over([])
    work.save(REORGANISATIONS, ordered)
    return ordered


async def _permitted_units(work: Work, command: SplitUnit, permit: Permit) -> dict[str, Unit]:
    paths = {part.unit_id: f"parts.{number}.unit_id" for number, part in enumerate(command.parts)}
    paths[command.unit_id] = "unit_id"
    units = await work.load(Unit, UNITS, paths)
    for id, path in paths.items():
        if id not in units:
            raise no_such_unit(id, path=path)
        permit(Target(division=units[id].division, unit=id, line=units[id].line))
        units[id].require_standing(path)
    return units


async def _members(work: Work, command: SplitUnit) -> dict[str, Member]:
    """Those that go, each on the roster of the unit that is split."""
    members = await work.load(Member, MEMBERS, [id for part in command.parts for id in part.members])
    for number, part in enumerate(command.parts):
        for id in part.members:
            path = f"parts.{number}.member_ids"
            if id not in members:
                raise no_such_member(id, path=path)
            if not members[id].on_roster:
                raise NotOnRoster(path=path, member_id=id)
            if members[id].unit_id != command.unit_id:
                raise NotOfThisUnit(path=path, unit_id=members[id].unit_id)
    return members


async def _agreements(work: Work, command: SplitUnit, known: Mapping[str, Agreement]) -> Mapping[str, Agreement]:
    """Those that go (of `known`, the units' own), each of the unit that is split and in force."""
    named = await work.load(Agreement, AGREEMENTS, [id for part in command.parts for id in part.agreements])
    for number, part in enumerate(command.parts):
        for id in part.agreements:
            path = f"parts.{number}.agreement_ids"
            if id not in named:
                raise no_such_agreement(id, path=path)
            if named[id].unit_id != command.unit_id:
                raise NotOfThisUnit(path=path, unit_id=named[id].unit_id)
            named[id].require_active(path)
    return {id: known[id] for id in named}
