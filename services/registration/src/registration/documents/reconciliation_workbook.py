"""A reconciliation as a workbook: counts on the first sheet, its lines on the second. Personal data stays masked."""

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import xlsxwriter

from registration.domain.reconciliations import Reconciliation
from registration.domain.reconciling import ReconciliationStatus

STATUS_ZH = {
    ReconciliationStatus.NOT_REGISTERED: "未报到",
    ReconciliationStatus.SUBMITTED_ONLY: "仅线上提交",
    ReconciliationStatus.CERTIFICATE_NOT_PRESENTED: "已开证未交社区",
    ReconciliationStatus.COMPLETED: "已完成",
    ReconciliationStatus.WRONG_PLACE: "报到社区不符",
    ReconciliationStatus.DUPLICATE: "重复报到",
    ReconciliationStatus.NOT_ON_ROSTER: "不在花名册",
    ReconciliationStatus.LEFT_BUT_REGISTERED: "已离册仍报到",
}
HEADER = ("单位", "姓名", "身份证号", "状态", "报到社区代码", "报到社区", "匹配方式")
TIERS_ZH = {"ID_NUMBER": "身份证号", "NAME_BIRTH_PHONE": "姓名+出生年月+手机尾号", "DECIDED": "人工确认"}
_WIDTHS = (32, 10, 22, 16, 16, 20, 24)


class WorkbookLine(NamedTuple):
    """Name and ID number come masked."""

    unit: str
    name: str
    id_number: str
    status: ReconciliationStatus
    community_code: str
    community: str
    tier: str


def reconciliation_workbook(made: Reconciliation, lines: Iterable[WorkbookLine]) -> bytes:
    buffer = io.BytesIO()
    # Text that begins with = stays text: names come from uploaded files.
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "constant_memory": False}
    )
    _write_counts(book, made)
    sheet = book.add_worksheet("名单")
    sheet.freeze_panes(1, 0)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _row(sheet, 0, HEADER)
    number = 0
    for number, line in enumerate(lines, 1):
        _row(sheet, number, [*line[:3], STATUS_ZH[line.status], *line[4:6], TIERS_ZH.get(line.tier, "")])
    sheet.autofilter(0, 0, number, len(HEADER) - 1)
    book.close()
    return buffer.getvalue()


def _write_counts(book: xlsxwriter.Workbook, made: Reconciliation) -> None:
    sheet = book.add_worksheet("汇总")
    sheet.set_column(0, 0, 20)
    _row(sheet, 0, ("比对日期", made.as_of.isoformat()))
    _row(sheet, 1, ("在册人数", made.roster_lines))
    for number, (status, count) in enumerate(made.counts.items(), 2):
        _row(sheet, number, (STATUS_ZH[status], count))


def _row(sheet: xlsxwriter.worksheet.Worksheet, number: int, cells: Sequence[str | int]) -> None:
    for column, cell in enumerate(cells):
        sheet.write(number, column, cell)
