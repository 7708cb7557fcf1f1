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
from registration.domain.division_rows import CheckedRows, DivisionRow
from registration.domain.tables import read_table
from registration.use_cases.import_divisions import ImportReport

_REPORTED = 100


@strawberry.input
class DivisionInput:
    code: strawberry.ID
    name: str = text(max=100, min=1)
    level: Level | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@strawberry.input(
    description="rows(至多 500 行)或 contentBase64(CSV/XLSX,至多 5000 行)二选一;effectiveOn 为该表生效日期,默认今天 / "
    "Rows, or a file; effectiveOn: since when the table holds, today by default"
)
class ImportDivisionsInput:
    rows: list[DivisionInput] | None = rows(max=500, default=None)
    content_base64: str | None = files.content(default=None)
    encoding: Encoding | None = None

    effective_on: date | None = None

    def to_rows(self) -> CheckedRows:
        if (self.rows is None) == (self.content_base64 is None):
            raise InvalidInput(
                path="rows",
                reason_zh="rows 与 contentBase64 须且只能提供一个",
                reason_en="give either rows or contentBase64",
            )
        if self.content_base64 is not None:
            table = read_table(files.decode(self.content_base64), division_rows.COLUMNS, self.encoding)
            return division_rows.check_lines(table.lines)
        return division_rows.check_rows(
            [
                DivisionRow(number, one.code, one.name, one.level, one.valid_from, one.valid_until)
                for number, one in enumerate(self.rows or [])
            ]
        )


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
