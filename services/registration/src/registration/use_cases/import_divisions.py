"""Import rows of the official table of divisions. Importing them again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from servicekit.domain import InvalidInput, Refusal
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.divisions import Division, Level, level_of, new_division, parent_of, parse_code
from registration.storage.collections import DIVISIONS
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """`number` names the row in messages: its index among the inputs, or its line in a file."""

    number: int
    code: str
    name: str
    level: Level | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(slots=True)
class ImportReport:
    """What the import did, by code; refused rows by number."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)


async def import_divisions(work: Work, rows: Sequence[DivisionRow], permit: Permit) -> ImportReport:
    """Good rows are imported, the others reported. A parent may stand anywhere in the same import."""
    report = ImportReport()
    checked = _check(rows, permit, report)
    wanted = set(checked) | {parent for code in checked if (parent := parent_of(code))}
    known = await work.load(Division, DIVISIONS, wanted)
    for code in sorted(checked, key=len):
        row = checked[code]
        try:
            _import(work, known, code, row, report)
        except Refusal as refusal:
            report.refused[row.number] = refusal
    return report


def _check(rows: Sequence[DivisionRow], permit: Permit, report: ImportReport) -> dict[str, DivisionRow]:
    checked: dict[str, DivisionRow] = {}
    for row in rows:
        try:
            code = _check_row(row)
            permit(Target(division=code))
            twin = checked.setdefault(code, row)
            if twin is not row:
                raise InvalidInput(
                    path="code",
                    reason_zh=f"与第 {twin.number} 行代码重复",
                    reason_en=f"the same code as row {twin.number}",
                )
        except Refusal as refusal:
            report.refused[row.number] = refusal
    return checked


def _check_row(row: DivisionRow) -> str:
    code = parse_code(row.code)
    level = level_of(code)
    if row.level is not None and row.level is not level:
        raise InvalidInput(
            path="level", reason_zh=f"该代码的级别是 {level}", reason_en=f"a code of this length is a {level}"
        )
    if not row.name.strip():
        raise InvalidInput(path="name", reason_zh="名称为空", reason_en="the name is blank")
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        raise InvalidInput(
            path="valid_until", reason_zh="失效日期早于生效日期", reason_en="valid until before valid from"
        )
    return code


def _import(work: Work, known: dict[str, Division], code: str, row: DivisionRow, report: ImportReport) -> None:
    parent = parent_of(code)
    if parent is not None and parent not in known:
        raise InvalidInput(
            path="code", reason_zh=f"上级区划 {parent} 不存在", reason_en=f"its parent {parent} is not known"
        )
    division = known.get(code)
    if division is None:
        known[code] = division = new_division(code, row.name.strip(), row.valid_from, row.valid_until)
        report.created.append(code)
    elif division.describe(row.name.strip(), row.valid_from, row.valid_until):
        report.updated.append(code)
    else:
        report.unchanged.append(code)
        return
    work.save(DIVISIONS, division)
