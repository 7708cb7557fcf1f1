"""Merge a unit into another: its roster, its people's registrations and its agreements go over in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from servicekit.domain import new_id
from servicekit.security import Target
from servicekit.storage.work import Work, restore

from registration.domain.agreements import Agreement, AgreementStatus, succeed
from registration.domain.calendar import past_date
from registration.domain.members import Member
from registration.domain.reorganisations import (
    MergedIntoItself,
    Reorganisation,
    ReorganisationKind,
    order_reorganisation,
)
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import AGREEMENTS, MEMBERS, REORGANISATIONS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.follow_rosters import registrations_follow
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
    on = past_date(command.effective_on, work.now, path="effective_on")
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
    await go_over(work, members, old, new, on)
    await registrations_follow(work, members)
    await _succeed_agreements(work, old, new, on)
    old.merge_into(new, on)
    ordered.people = len(members)
    ordered.went_over(0)
    work.save(REORGANISATIONS, ordered)
    return ordered


async def _succeed_agreements(work: Work, old: Unit, new: Unit, on: date) -> None:
    """The new unit keeps its own; with communities where it has none it takes the old one's place, never as primary."""
    found = work.collection(AGREEMENTS).find({"unit_id": {"$in": [old.id, new.id]}}).sort("_id")
    agreements = [restore(Agreement, one) async for one in found]
    own = {one.community_code: one for one in agreements if one.unit_id == new.id}
    has_primary = any(one.primary and one.status is AgreementStatus.ACTIVE for one in own.values())
    for one in _active(agreements, old):
        one.end(max(on, one.starts_on))
        work.save(AGREEMENTS, one)
        primary = one.primary and not has_primary
        followed = own.get(one.community_code)
        follower = succeed(one, followed, new_id(), unit_id=new.id, community_code=one.community_code, primary=primary)
        work.save(AGREEMENTS, follower)


def _active(agreements: Iterable[Agreement], unit: Unit) -> list[Agreement]:
    return [one for one in agreements if one.unit_id == unit.id and one.status is AgreementStatus.ACTIVE]
