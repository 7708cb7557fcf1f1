"""Merge a unit into another: its roster, its people's registrations and its agreements go over in one transaction."""

from dataclasses import dataclass
from datetime import date

from servicekit.domain import new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.agreements import AgreementStatus
from registration.domain.members import Member
from registration.domain.reorganisations import (
    MergedIntoItself,
    Reorganisation,
    ReorganisationKind,
    day_of_effect,
    order_reorganisation,
)
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import MEMBERS, REORGANISATIONS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.follow_rosters import registrations_follow
from registration.use_cases.hand_over_agreements import agreements_of, hand_over_agreements, primary_ones
from registration.use_cases.resettle import resettle
from registration.use_cases.roster_versions import go_over


@dataclass(frozen=True, slots=True)
class MergeUnits:
    """`effective_on` None is today."""

    unit_id: str
    into: str
    reason: str
    effective_on: date | None = None


async def merge_units(work: Work, command: MergeUnits, permit: Permit) -> Reorganisation:
    """Refused: MergedIntoItself, UnitMerged, NotFound, InvalidInput. A roster's limit bounds how many go over."""
    units = await work.load(Unit, UNITS, [command.unit_id, command.into])
    for id, path in ((command.unit_id, "unit_id"), (command.into, "into")):
        if id not in units:
            raise no_such_unit(id, path=path)
        permit(Target(division=units[id].division, unit=id, line=units[id].line))
        units[id].require_standing(path)
    if command.unit_id == command.into:
        raise MergedIntoItself(path="into", code_or_id=command.into)
    old, new = units[command.unit_id], units[command.into]
    on = day_of_effect(command.effective_on, work.now)
    ordered = order_reorganisation(
        new_id(),
        ReorganisationKind.MERGE_UNITS,
        place=old.division,
        sources=[old.id],
        target=new.id,
        effective_on=on,
        reason=command.reason,
        by=work.actor.subject,
        now=work.now,
    )
    people = work.collection(MEMBERS).find({"unit_id": old.id, "on_roster": True}).sort("_id")
    members = [restore(Member, one) async for one in people]
    await go_over(work, old, [(new, members)], on)
    agreements = await agreements_of(work, [old.id, new.id])
    active = [one for one in agreements if one.unit_id == old.id and one.status is AgreementStatus.ACTIVE]
    hand_over_agreements(work, active, new, agreements, on)
    await resettle(
        work,
        members,
        primary=primary_ones(agreements),
        standing=await registrations_follow(work, members),
    )
    old.merge_into(new, on)
    ordered.people = len(members)
    ordered.went_over([])
    work.save(REORGANISATIONS, ordered)
    return ordered
