"""Rows of the official table of divisions: its columns, and what a row must be before it is held against the tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from servicekit.domain import InvalidInput, Refusal

from registration.domain.divisions import Level, level_of, parse_code
from registration.domain.tables import Column, Line, TableLimits

CODE, NAME, VALID_FROM, VALID_UNTIL = "code", "name", "valid_from", "valid_until"
COLUMNS = (
    Column(CODE, ("代码", "区划代码", "行政区划代码", "统计用区划代码", "code"), required=True),
    Column(NAME, ("名称", "区划名称", "行政区划名称", "单位名称", "name"), required=True),
    Column(VALID_FROM, ("生效日期", "启用日期", "validfrom")),
    Column(VALID_UNTIL, ("失效日期", "撤销日期", "validuntil")),
)
# All codes of the country, down to its communities, are about 700,000.
WHOLE_TABLE = TableLimits(bytes=64_000_000, rows=1_000_000)


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
class CheckedRows:
    """The good rows by their code in its shortest form, and the others' refusals by their number."""

    good: dict[str, DivisionRow] = field(default_factory=dict)
    refused: dict[int, Refusal] = field(default_factory=dict)


def check_lines(lines: Iterable[Line]) -> CheckedRows:
    """The rows of a file, each checked by itself and against its twins."""
    rows, refused = [], {}
    for line in lines:
        try:
            rows.append(_row_of(line))
        except Refusal as refusal:
            refused[line.number] = refusal
    checked = check_rows(rows)
    checked.refused |= refused
    return checked


def check_rows(rows: Sequence[DivisionRow]) -> CheckedRows:
    checked = CheckedRows()
    for row in rows:
        try:
            code = _checked_code(row)
            twin = checked.good.setdefault(code, row)
            if twin is not row:
                raise InvalidInput(
                    path="code",
                    reason_zh=f"与第 {twin.number} 行代码重复",
                    reason_en=f"the same code as row {twin.number}",
                )
        except Refusal as refusal:
            checked.refused[row.number] = refusal
    return checked


def _row_of(line: Line) -> DivisionRow:
    return DivisionRow(
        line.number,
        line.text(CODE),
        line.text(NAME),
        valid_from=_date(line, VALID_FROM),
        valid_until=_date(line, VALID_UNTIL),
    )


def _date(line: Line, column: str) -> date | None:
    text = line.text(column)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(
            path=column, reason_zh="日期应形如 2016-01-31", reason_en="a date looks like 2016-01-31"
        ) from None


def _checked_code(row: DivisionRow) -> str:
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
