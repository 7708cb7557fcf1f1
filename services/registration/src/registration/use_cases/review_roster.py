"""Review a roster file against what the system knows. Stores nothing."""

import asyncio
from dataclasses import dataclass
from datetime import date

from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import Work, restore

from registration.domain import rosters
from registration.domain.calendar import city_date
from registration.domain.divisions import Division
from registration.domain.members import Member
from registration.domain.roster_rows import COLUMNS, RosterRow, check_rows
from registration.domain.rosters import KnownPerson, RosterReview
from registration.domain.tables import Encoding, read_table
from registration.domain.units import Unit, no_such_unit
from registration.storage.collections import DIVISIONS, MEMBERS, UNITS
from registration.use_cases.batches import Permit
from registration.use_cases.sealed_records import open_record


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A file as it was sent; `encoding` is None to have it detected, and plays no part for spreadsheets."""

    unit_id: str
    file_name: str
    content: bytes
    encoding: Encoding | None = None
    headcount: int | None = None
    """How many members the unit says that it has."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that was read: its rows, and headers that were not understood."""

    rows: list[RosterRow]
    ignored_columns: list[str]


@dataclass(frozen=True, slots=True)
class UnitReview:
    unit: Unit
    review: RosterReview
    headcount: int | None


async def check_file(file: RosterFile, today: date) -> CheckedFile:
    """The rows of the file, checked by themselves. Raises the refusals of `read_table`."""
    return await asyncio.to_thread(_check_file, file, today)


def _check_file(file: RosterFile, today: date) -> CheckedFile:
    table = read_table(file.content, COLUMNS, file.encoding)
    return CheckedFile(check_rows(table.lines, today), table.ignored)


async def review_roster(work: Work, file: RosterFile, vault: Vault, permit: Permit) -> tuple[UnitReview, list[str]]:
    """The review, and the headers that were not understood."""
    unit = (await work.load(Unit, UNITS, [file.unit_id])).get(file.unit_id)
    if unit is None:
        raise no_such_unit(file.unit_id)
    permit(Target(division=unit.division, unit=unit.id, line=unit.line))
    unit.require_standing()
    checked = await check_file(file, city_date(work.now))
    return UnitReview(unit, await _compare(work, unit, checked.rows, vault), file.headcount), checked.ignored_columns


async def _compare(work: Work, unit: Unit, rows: list[RosterRow], vault: Vault) -> RosterReview:
    by_index = {vault.blind_index(row.id_number): row.id_number for row in rows if row.id_number}
    known = await _known(work, by_index, vault)
    active = work.collection(MEMBERS).find({"unit_id": unit.id, "on_roster": True}).sort("_id")
    absent = [restore(Member, one) async for one in active if one["id_index"] not in by_index]
    residences = [row.residence for row in rows if row.residence]
    communities = await work.load(Division, DIVISIONS, residences)
    today = city_date(work.now)
    taken_over = {code: one.successors[0] for code, one in communities.items() if len(one.successors) == 1}
    communities |= await work.load(Division, DIVISIONS, taken_over.values())
    valid = {code for code, one in communities.items() if one.valid_on(today) and not one.successors}
    return rosters.review_roster(unit.id, rows, known=known, absent=absent, communities=valid, taken_over=taken_over)


async def _known(work: Work, by_index: dict[str, str], vault: Vault) -> dict[str, KnownPerson]:
    found = work.collection(MEMBERS).find({"id_index": {"$in": list(by_index)}})
    members = [restore(Member, one) async for one in found]
    return {by_index[one.id_index]: KnownPerson(one, open_record(vault, one)) for one in members}
