"""Import rows of the official table of divisions. Importing them again changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from servicekit.domain import InvalidInput, Refusal
from servicekit.security import Target
from servicekit.storage.commands import Commands
from servicekit.storage.work import Work

from registration.domain.calendar import city_date
from registration.domain.division_rows import CheckedRows, DivisionRow
from registration.domain.divisions import Division, new_division, parent_of
from registration.storage.collections import DIVISIONS
from registration.use_cases.batches import Permit

_ROWS_A_TRANSACTION = 1_000


@dataclass(slots=True)
class ImportReport:
    """What the import did, by code; refused rows by number."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)

    def add(self, other: "ImportReport") -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused |= other.refused


async def import_divisions(
    work: Work, rows: CheckedRows, permit: Permit, effective_on: date | None = None
) -> ImportReport:
    """Good rows are imported, the others reported. A parent may stand anywhere among the same rows.

    `effective_on` is the day since which the table holds (today when None): what a division was called before is kept
    until then.
    """
    report = ImportReport(refused=dict(rows.refused))
    on = effective_on or city_date(work.now)
    known = await work.load(Division, DIVISIONS, {*rows.good, *(parent_of(code) or code for code in rows.good)})
    for code in sorted(rows.good, key=len):
        row = rows.good[code]
        try:
            permit(Target(division=code))
            _import(work, known, code, row, on, report)
        except Refusal as refusal:
            report.refused[row.number] = refusal
    return report


async def import_table(
    commands: Commands, rows: CheckedRows, effective_on: date | None, done: Callable[[int], None]
) -> ImportReport:
    """Import a table of any size, parents first, a transaction for every thousand rows.

    `done` is told how many rows each took. Broken off, it is taken up by importing the same table again.
    """
    report = ImportReport(refused=dict(rows.refused))
    for good in _chunks(rows.good):
        report.add(await commands.run(import_divisions, CheckedRows(good), _anywhere, effective_on))
        done(len(good))
    return report


def _chunks(good: Mapping[str, DivisionRow]) -> Iterator[dict[str, DivisionRow]]:
    rest = iter(sorted(good, key=lambda code: (len(code), code)))
    while codes := list(islice(rest, _ROWS_A_TRANSACTION)):
        yield {code: good[code] for code in codes}


def _anywhere(_target: Target) -> None:
    """Whoever may run commands on the server may import everywhere."""


def _import(
    work: Work, known: dict[str, Division], code: str, row: DivisionRow, on: date, report: ImportReport
) -> None:
    parent = parent_of(code)
    if parent is not None and parent not in known:
        raise InvalidInput(
            path="code", reason_zh=f"上级区划 {parent} 不存在", reason_en=f"its parent {parent} is not known"
        )
    division = known.get(code)
    if division is None:
        known[code] = division = new_division(code, row.name.strip(), row.valid_from, row.valid_until)
        report.created.append(code)
    elif division.describe(row.name.strip(), row.valid_from, row.valid_until, on):
        report.updated.append(code)
    else:
        report.unchanged.append(code)
        return
    work.save(DIVISIONS, division)
