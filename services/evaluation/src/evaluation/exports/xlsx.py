"""A bulletin as a workbook: numbers as numbers, and a chart that the spreadsheet draws."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from evaluation.domain.issues import BulletinIssue, Measured
from evaluation.exports.report import NONE, report_of

Cell = str | int | Decimal | None


def xlsx(issue: BulletinIssue) -> bytes:
    content = issue.content
    assert content is not None
    report = report_of(issue)
    file = BytesIO()
    # Text from outside stays text: a name that begins with "=" is no formula.
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "comments": report.note, "created": content.as_of.replace(tzinfo=None)})
    figures = book.add_worksheet("各项数据")
    _write(
        figures,
        ("指标", "数值", "单位", "分子", "分母", "本期", "统计口径"),
        [
            (row.name.zh, row.value, row.unit.zh, row.numerator, row.denominator, row.in_period, row.rule.zh)
            for row in content.rows
        ],
        empty={4: "", 5: ""},
    )
    if content.compared:
        of = "单位" if issue.line else "区划"
        sheet = f"各{of}"
        compared = book.add_worksheet(sheet)
        keys = ("registration_rate", "service_rate", "person_visits")
        rows = [(one.division, one.name, *(one.values[key] for key in keys)) for one in content.compared]
        _write(compared, ("代码", of, "报到率(%)", "服务率(%)", "服务人次"), rows)
        chart = book.add_chart({"type": "bar"})
        assert chart is not None
        last = len(rows)
        chart.add_series({"categories": [sheet, 1, 1, last, 1], "values": [sheet, 1, 4, last, 4]})
        chart.set_title({"name": f"各{of}服务人次"})
        chart.set_legend({"none": True})
        compared.insert_chart("G2", chart)
    if content.corrections:
        _write(
            book.add_worksheet("更正"),
            ("通报", "期间", "指标", "原数", "更正为"),
            [
                (one.number, one.period.label(), one.name.zh, one.published, one.corrected)
                for one in content.corrections
            ],
        )
    if content.revisions:
        _write(
            book.add_worksheet("比率更正"),
            ("通报", "期间", "指标", "单位", "原数", "原分子", "原分母", "更正为", "更正分子", "更正分母"),
            [
                (one.number, one.period.label(), one.name.zh, one.unit.zh, *_parts(one.published), *_parts(one.revised))
                for one in content.revisions
            ],
            empty={6: "", 9: ""},
        )
    _write(book.add_worksheet("说明"), ("说明",), [(report.title,), (report.number,), (report.note,)])
    book.close()
    return file.getvalue()


def _parts(one: Measured) -> tuple[Decimal | None, int, int | None]:
    return one.value, one.numerator, one.denominator


def _write(
    sheet: Worksheet, header: Sequence[str], rows: Sequence[Sequence[Cell]], empty: dict[int, str] | None = None
) -> None:
    """A header and rows; what has no value says so, or what `empty` says for its column."""
    for column, name in enumerate(header):
        sheet.write_string(0, column, name)
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell is None:
                sheet.write_string(line, column, (empty or {}).get(column, NONE))
            elif isinstance(cell, str):
                sheet.write_string(line, column, cell)
            else:
                sheet.write_number(line, column, float(cell))
    sheet.set_column(0, len(header) - 1, 14)
    sheet.freeze_panes(1, 0)
