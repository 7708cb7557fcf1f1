"""Import of the official table of divisions: as rows, or as a file."""

from datetime import date
from typing import Self

import strawberry
from servicekit.domain import InvalidInput, Refusal, TooManyRows
from servicekit.domain.refusals import Language
from servicekit.graphql import result_union, rows, text
from servicekit.graphql.refusals import full_path

from registration.api import files
from registration.api.enums import Encoding, Level
from registration.api.rosters import FILE_REFUSALS
from registration.domain import division_rows
from registration.domain.tables import Line, read_table
from registration.use_cases.import_divisions import DivisionRow, ImportReport

_REPORTED = 100


@strawberry.input
class DivisionInput:
    code: strawberry.ID
    name: str = text(max=100, min=1)
    level: Level | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@strawberry.input(description="rows(至多 500 行)或 contentBase64(CSV/XLSX,至多 5000 行)二选一 / Rows, or a file")
class ImportDivisionsInput:
    rows: list[DivisionInput] | None = rows(max=500, default=None)
    content_base64: str | None = files.content(default=None)
    encoding: Encoding | None = None

    def to_rows(self) -> list[DivisionRow]:
        if (self.rows is None) == (self.content_base64 is None):
            raise InvalidInput(
                path="rows",
                reason_zh="rows 与 contentBase64 须且只能提供一个",
                reason_en="give either rows or contentBase64",
            )
        if self.content_base64 is not None:
            table = read_table(files.decode(self.content_base64), division_rows.COLUMNS, self.encoding)
            return [_row_of_line(line) for line in table.lines]
        return [
            DivisionRow(number, one.code, one.name, one.level, one.valid_from, one.valid_until)
            for number, one in enumerate(self.rows or [])
        ]


@strawberry.type(description="未导入的一行 / A row that was not imported: its index in rows, or its line in the file")
class RefusedDivision:
    row: int
    code: str
    message: str
    path: str | None

    @classmethod
    def of(cls, row: int, refusal: Refusal, language: Language) -> Self:
        return cls(row=row, code=refusal.code, message=refusal.message(language), path=full_path(refusal.path, None))


@strawberry.type(description="refused 至多列出 100 行 / refused lists the first 100")
class DivisionImport:
    created: int
    updated: int
    unchanged: int
    refused_count: int
    refused: list[RefusedDivision]

    @classmethod
    def of(cls, report: ImportReport, language: Language) -> Self:
        return cls(
            created=len(report.created),
            updated=len(report.updated),
            unchanged=len(report.unchanged),
            refused_count=len(report.refused),
            refused=[
                RefusedDivision.of(row, report.refused[row], language) for row in sorted(report.refused)[:_REPORTED]
            ],
        )


ImportDivisionsResult = result_union("ImportDivisionsResult", DivisionImport, *FILE_REFUSALS, TooManyRows)


def _row_of_line(line: Line) -> DivisionRow:
    return DivisionRow(
        line.number,
        line.text(division_rows.CODE),
        line.text(division_rows.NAME),
        valid_from=_date(line, division_rows.VALID_FROM),
        valid_until=_date(line, division_rows.VALID_UNTIL),
    )


def _date(line: Line, column: str) -> date | None:
    text = line.text(column)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(
            path="content_base64",
            reason_zh=f"第 {line.number} 行的日期应形如 2016-01-31",
            reason_en=f"line {line.number}: a date looks like 2016-01-31",
        ) from None
