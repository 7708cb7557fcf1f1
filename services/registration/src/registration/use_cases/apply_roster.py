"""Apply a roster file as the unit's new dated version. Applying it again changes nothing."""

from dataclasses import dataclass
from datetime import date

from servicekit.domain import new_id
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from registration.domain.calendar import past_date
from registration.domain.members import Member, new_member
from registration.domain.rosters import Change, RosterChange, RosterReview, RosterVersion
from registration.domain.units import Unit
from registration.storage.collections import MEMBERS, ROSTERS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.follow_rosters import registrations_follow
from registration.use_cases.hold_lines import hold_lines
from registration.use_cases.resettle import resettle
from registration.use_cases.review_roster import RosterFile, UnitReview, review_roster
from registration.use_cases.sealed_records import seal_record


@dataclass(frozen=True, slots=True)
class AppliedRoster:
    """`version` is None when the file changed nothing: the unit's newest version stays the one it was."""

    reviewed: UnitReview
    ignored_columns: list[str]
    version: RosterVersion | None


async def apply_roster(
    work: Work,
    file: RosterFile,
    vault: Vault,
    permit: Permit,
    *,
    accept_good_rows: bool = False,
    effective_on: date | None = None,
) -> AppliedRoster:
    """Refused: RosterHasErrors (unless the good rows are accepted), RosterEmpty, HeadcountDiffers, UnitMerged, and what
    `read_table` refuses.
    """
    on = past_date(effective_on, work.now, path="effective_on")
    reviewed, ignored = await review_roster(work, file, vault, permit)
    reviewed.review.require_acceptable(accept_good_rows, file.headcount)
    await hold_lines(work, reviewed.unit.id, reviewed.review.held)
    if reviewed.review.changes_nothing:
        return AppliedRoster(reviewed, ignored, None)
    version = await _apply(work, reviewed.unit, reviewed.review, file, vault, on)
    return AppliedRoster(reviewed, ignored, version)


async def _apply(
    work: Work, unit: Unit, review: RosterReview, file: RosterFile, vault: Vault, on: date
) -> RosterVersion:
    joined = [_join(change, unit, vault, on) for change in review.joining]
    changed = [_update(change, vault, on) for change in review.of(Change.CHANGED)]
    for member in review.left:
        member.leave(on)
    for member in (*joined, *changed, *review.left):
        work.save(MEMBERS, member)
    followed = await registrations_follow(work, (*review.left, *(member for member in joined if member.version)))
    await resettle(work, [member for member in joined if member.version], standing=followed)
    await resettle(work, [change.known.member for change in review.of(Change.CHANGED) if change.known and change.moved])
    unit.roster_number += 1
    work.save(UNITS, unit)
    version = RosterVersion(
        id=new_id(),
        lane=unit.lane,
        unit_id=unit.id,
        number=unit.roster_number,
        effective_on=on,
        applied_at=work.now,
        applied_by=work.actor.subject,
        file_name=file.file_name,
        lines=len(review.changes) - len(review.held),
        headcount=file.headcount,
        joined=[member.id for member in joined],
        left=[member.id for member in review.left],
        changed=[member.id for member in changed],
    )
    version.record("roster-applied")
    work.save(ROSTERS, version)
    return version


def _join(change: RosterChange, unit: Unit, vault: Vault, on: date) -> Member:
    residence = change.row.residence or None
    if change.known is None:
        member_id = new_id()
        sealed = seal_record(vault, member_id, change.record)
        id_index = vault.blind_index(change.record.id_number)
        return new_member(member_id, unit, sealed=sealed, id_index=id_index, residence=residence, on=on)
    member = change.known.member
    member.sealed = seal_record(vault, member.id, change.record)
    member.live_in(residence, on)
    member.join(unit, on)
    return member


def _update(change: RosterChange, vault: Vault, on: date) -> Member:
    assert change.known is not None
    member = change.known.member
    member.update(seal_record(vault, member.id, change.record), change.row.residence or None, on)
    return member
