"""Versions of rosters that come from elsewhere than a file: people went over from one unit to another."""

from collections.abc import Sequence
from datetime import date

from servicekit.domain import new_id
from servicekit.storage.work import Work

from registration.domain.members import Member
from registration.domain.rosters import RosterVersion
from registration.domain.units import Unit
from registration.storage.collections import MEMBERS, ROSTERS, UNITS


async def go_over(work: Work, old: Unit, joining: Sequence[tuple[Unit, Sequence[Member]]], on: date) -> None:
    """All rosters get a version that says so, and the members their new unit."""
    await _add_version(work, old, on, left=[member.id for _, members in joining for member in members])
    for new, members in joining:
        await _add_version(work, new, on, joined=[member.id for member in members])
        for member in members:
            member.join(new, on)
            work.save(MEMBERS, member)


async def _add_version(work: Work, unit: Unit, on: date, joined: Sequence[str] = (), left: Sequence[str] = ()) -> None:
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
        lines=lines + len(joined) - len(left),
        joined=list(joined),
        left=list(left),
        changed=[],
    )
    version.record("roster-applied")
    work.save(UNITS, unit)
    work.save(ROSTERS, version)
