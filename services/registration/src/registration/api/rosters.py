"""Roster files in the graph: what a file would change or changed, row by row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, Self, TypeVar

import strawberry
from servicekit.domain import InvalidInput, NotFound, TooManyRows
from servicekit.graphql import Connection, Info, result_union, text

from registration.api import files
from registration.api.enums import Change, Encoding, RowStatus, Severity
from registration.api.members import Member, present_members
from registration.api.pages import paged
from registration.api.roster_versions import RosterVersion
from registration.api.units import Unit
from registration.domain import rosters, tables
from registration.domain.people import masked_name
from registration.domain.roster_rows import Problem
from registration.domain.roster_rows import RosterRow as CheckedRow
from registration.domain.rosters import RosterChange
from registration.domain.units import UnitMerged
from registration.use_cases.apply_roster import AppliedRoster as Applied
from registration.use_cases.review_roster import RosterFile, UnitReview

T = TypeVar("T")


@strawberry.input(
    description="花名册文件:CSV(UTF-8 或 GBK)或 XLSX,不超过 2 MB、5000 行;headcount 为单位申报人数,不符则不保存 / "
    "A roster file; headcount: how many members the unit says it has, which must agree"
)
class RosterFileInput:
    unit_id: strawberry.ID
    file_name: str = text(max=200, min=1)
    content_base64: str = files.content()
    encoding: Encoding | None = None
    headcount: int | None = None

    def file(self) -> RosterFile:
        return RosterFile(
            self.unit_id, self.file_name, files.decode(self.content_base64), self.encoding, self.headcount
        )


@strawberry.input
class ApplyRosterInput(RosterFileInput):
    accept_good_rows: bool = False
    effective_on: date | None = None


@strawberry.type
class RosterProblem:
    column: str
    severity: Severity
    message: str

    @classmethod
    def of(cls, problem: Problem, language: str) -> Self:
        return cls(
            column=problem.column,
            severity=problem.severity,
            message=problem.zh if language == "zh" else problem.en,
        )


@strawberry.type(description="文件中的一行;number 为行号 / A row; number counts the file's lines from 1")
class RosterRow:
    number: int
    status: RowStatus
    change: Change | None
    name: str | None
    problems: list[RosterProblem]


@strawberry.type(description="花名册核对结果 / A checked roster: joined, changed, unchanged and left count good rows")
class RosterReview:
    unit: Unit
    lines: int
    ok: int
    warnings: int
    errors: int
    joined: int
    changed: int
    unchanged: int
    left: int
    headcount: int | None = strawberry.field(description="单位申报人数 / How many members the unit says it has")
    headcount_difference: int | None = strawberry.field(
        description="申报人数减可接受行数 / The headcount less the rows that can be taken"
    )
    leavers_kept: bool = strawberry.field(
        description="有的行读不出身份证号,因此不判定离册 / A row's ID number can't be read, so nobody is taken as left"
    )
    ignored_columns: list[str]
    review: strawberry.Private[rosters.RosterReview]

    @strawberry.field
    def rows(
        self, info: Info, first: int = 20, after: str | None = None, status: RowStatus | None = None
    ) -> Connection[RosterRow]:
        changes = {change.row.number: change for change in self.review.changes}
        language = info.context.lang
        wanted = [row for row in self.review.rows if status in (None, row.status)]
        shown = _page(wanted, first, after, lambda row: row.number)
        return paged(shown, [_row(row, changes.get(row.number), language) for row in shown.items])

    @strawberry.field(description="将离册的党员 / Members that leave the roster")
    async def leavers(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Member]:
        shown = _page(list(enumerate(self.review.left)), first, after, lambda one: one[0])
        return paged(shown, await present_members(info.context, [one for _, one in shown.items]))

    @classmethod
    def of(cls, reviewed: UnitReview, ignored_columns: list[str]) -> Self:
        review = reviewed.review
        statuses = [row.status for row in review.rows]
        return cls(
            unit=Unit.of(reviewed.unit),
            lines=len(review.rows),
            ok=statuses.count(RowStatus.OK),
            warnings=statuses.count(RowStatus.WARNING),
            errors=statuses.count(RowStatus.ERROR),
            joined=len(review.of(Change.JOINED)),
            changed=len(review.of(Change.CHANGED)),
            unchanged=len(review.of(Change.UNCHANGED)),
            left=len(review.left),
            headcount=reviewed.headcount,
            headcount_difference=None if reviewed.headcount is None else reviewed.headcount - len(review.changes),
            leavers_kept=review.leavers_kept,
            ignored_columns=[name[:100] for name in ignored_columns[:50]],
            review=review,
        )


@strawberry.type(description="version 为空表示文件没有带来任何变化 / version is null when the file changed nothing")
class AppliedRoster:
    review: RosterReview
    version: RosterVersion | None
    held: int = strawberry.field(
        description="待县级核定的行 / Lines that wait for the county: another unit has the member"
    )

    @classmethod
    def of(cls, applied: Applied) -> Self:
        version = RosterVersion.of(applied.version) if applied.version else None
        shown = RosterReview.of(applied.reviewed, applied.ignored_columns)
        held = len(applied.reviewed.review.held)
        shown.joined -= held
        return cls(review=shown, version=version, held=held)


FILE_REFUSALS = (
    tables.FileTooLarge,
    tables.FileUnreadable,
    tables.EncodingMismatch,
    tables.HeadersMissing,
    tables.HeadersMerged,
    TooManyRows,
)
PreviewRosterResult = result_union("PreviewRosterResult", RosterReview, *FILE_REFUSALS, UnitMerged, NotFound)
ApplyRosterResult = result_union(
    "ApplyRosterResult",
    AppliedRoster,
    rosters.RosterHasErrors,
    rosters.RosterEmpty,
    rosters.HeadcountDiffers,
    *FILE_REFUSALS,
    UnitMerged,
    NotFound,
)


@dataclass(frozen=True, slots=True)
class _Shown(Generic[T]):
    """One page of a list that is in memory; its cursor is the number of the last item."""

    items: list[T]
    end_cursor: str | None
    has_next: bool


def _page(items: list[T], first: int, after: str | None, number: Callable[[T], int]) -> _Shown[T]:
    if after is not None and not (after.isascii() and after.isdigit()):
        raise InvalidInput(path="after", reason_zh="游标无效", reason_en="not a cursor of this list")
    rest = [one for one in items if after is None or number(one) > int(after)]
    return _Shown(rest[:first], str(number(rest[:first][-1])) if rest else None, len(rest) > first)


def _row(row: CheckedRow, change: RosterChange | None, language: str) -> RosterRow:
    return RosterRow(
        number=row.number,
        status=row.status,
        change=change.kind if change else None,
        name=masked_name(row.name) if row.name else None,
        problems=[RosterProblem.of(problem, language) for problem in row.problems],
    )
