"""A bulletin as Markdown, HTML, a workbook and a PDF in the layout of official documents."""

import re
import zlib
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from evaluation.exports.files import FileFormat, export
from evaluation.exports.html import html
from evaluation.exports.pdf import CHARACTERS, HEIGHT, LEFT, LINES, TOP, WIDTH, pdf
from evaluation.exports.report import Chart, Paragraph, Report, Section, Table, chinese, official, report_of
from evaluation.settings import EvaluationSettings
from python_calamine import CalamineWorkbook
from servicekit.documents.fonts import FontMissing, Fonts

from tests.evaluation.bulletins import published

FONTS = Fonts(EvaluationSettings.model_fields["font_folder"].default)
needs_font = pytest.mark.skipif(not FONTS.folder.is_dir(), reason="fonts-lxgw-wenkai is not installed")
MILLIMETRE = 72 / 25.4


async def text(format: FileFormat, **changed: str) -> str:
    return (export(published(**changed), format, FONTS)).content.decode()  # type: ignore[arg-type]


async def test_markdown_has_every_figure_and_says_none_where_there_is_no_value() -> None:
    written = await text(FileFormat.MARKDOWN)

    assert "| 报到率\uff08%\uff09 | 99.97 | 37,455 | 37,466 |  |" in written
    assert "| 第0县 | 无 | 99.95 | 0 |" in written
    assert "〔2017〕2号通报所载2017年第二季度服务人次为29,123" in written
    assert "| 〔2017〕2号2017年第二季度服务率 | 99.95%（37,436/37,455） | 99.94%（37,434/37,455） |" in written
    assert "准予申诉并已据以更正的有2件" in written
    assert "数据截至 2017-10-02 11:04:05（北京时间）" in written
    assert published().digest in written  # type: ignore[operator]


async def test_names_from_outside_are_text_in_every_format() -> None:
    """Of whom it is, and of whom it compares: in running text, in tables and beside bars."""
    hostile = '=1+1<script>|"'

    markdown, page = [await text(one, name=hostile, county=hostile) for one in (FileFormat.MARKDOWN, FileFormat.HTML)]
    file = export(published(hostile, county=hostile), FileFormat.XLSX, FONTS)

    assert "\\<script\\>\\|" in markdown
    assert "<script>" not in markdown
    assert "<script>" not in page
    sheet = CalamineWorkbook.from_filelike(BytesIO(file.content)).get_sheet_by_name("各区划")
    assert [row[1] for row in sheet.to_python()[1:]] == [hostile] * 7


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
async def test_a_name_of_several_lines_begins_none_in_markdown(end: str) -> None:
    hostile, plain = [
        (await text(FileFormat.MARKDOWN, county=f"县{between}# 一切正常{between}| 1 |")).splitlines()
        for between in (end, " ")
    ]

    assert [line for line in hostile if "SHA" not in line] == [line for line in plain if "SHA" not in line]


@needs_font
async def test_characters_that_the_font_lacks_are_not_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """They may be those of somebody's name. A sign that only chooses the form of a character is in no font."""
    export(published("葛\U000e0100𪚥县"), FileFormat.PDF, FONTS)

    assert caplog.text == ""


async def test_html_is_well_formed_and_draws_its_charts_as_vectors() -> None:
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "br", "rect"):
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            if tag != "rect":
                assert open_tags.pop() == tag

    page = await text(FileFormat.HTML)
    Checker().feed(page)

    assert open_tags == []
    assert page.count("<svg") == 2
    assert page.count("<rect") == 7 + 9


async def test_a_workbook_has_numbers_as_numbers() -> None:
    file = export(published(), FileFormat.XLSX, FONTS)

    book = CalamineWorkbook.from_filelike(BytesIO(file.content))

    assert book.sheet_names == ["各项数据", "各区划", "更正", "比率更正", "说明"]
    assert book.get_sheet_by_name("比率更正").to_python()[1][3:] == ["%", 99.95, 37436, 37455, 99.94, 37434, 37455]
    assert book.get_sheet_by_name("各项数据").to_python()[3][:5] == ["报到率", 99.97, "%", 37455, 37466]
    assert book.get_sheet_by_name("各区划").to_python()[1][2] == "无"


@needs_font
@pytest.mark.parametrize("format", FileFormat)
async def test_the_same_bulletin_gives_the_same_bytes(format: FileFormat) -> None:
    first, second = [export(published(), format, FONTS) for _ in range(2)]

    assert first == second
    assert first.name.startswith("350800-2017-3.")


def drawn(file: bytes) -> list[str]:
    """The content of each page: what PDF operators draw it."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL)
    inflated = [zlib.decompress(one) for one in streams if one[:1] == b"x"]
    return [one.decode("latin-1") for one in inflated if b" Td" in one]


@needs_font
def test_a_pdf_is_a4_with_embedded_fonts_and_vector_charts() -> None:
    issue = published()

    file = pdf(report_of(issue), issue.frozen_at, FONTS)  # type: ignore[arg-type]

    assert b"/MediaBox [0 0 595.28 841.89]" in file
    assert len(re.findall(rb"/FontFile2", file)) == 2
    assert b"/Subtype /Image" not in file
    assert sum(page.count(" re f") for page in drawn(file)) == 7 + 9


@needs_font
def test_a_page_has_22_lines_of_28_characters_in_its_place() -> None:
    report = Report("发文机关", "〔2017〕1号", "标题", [Section("一、正文", [Paragraph("家" * 3000)])])

    pages = drawn(pdf(report, published().frozen_at, FONTS))  # type: ignore[arg-type]

    lines = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+) Td", pages[1])]
    body = [line for line in lines if line[1] > (297 - TOP - HEIGHT) * MILLIMETRE]
    assert len(body) == LINES == 22
    assert {x for x, _ in body} == {round(LEFT * MILLIMETRE, 2)}
    pitches = {round(upper[1] - lower[1], 1) for upper, lower in pairwise(body)}
    assert pitches <= {round(HEIGHT / LINES * MILLIMETRE, 1), round(HEIGHT / LINES * MILLIMETRE, 1) + 0.1}
    assert CHARACTERS == 28
    assert (len(body), (3000 - 26) // CHARACTERS > 2 * LINES, WIDTH) == (22, True, 156)


@needs_font
def test_a_cell_that_is_too_long_is_set_smaller_and_never_crosses_its_border() -> None:
    table = Table(("名称", "数"), [("很长很长很长很长很长很长很长很长很长的单位名称", "1"), ("短", "2")], (1, 3))
    report = Report("机关", "〔2017〕1号", "标题", [Section("一、表", [table])])

    (page,) = drawn(pdf(report, published().frozen_at, FONTS))  # type: ignore[arg-type]

    sizes = [float(size) for size in re.findall(r"/F\d+ ([\d.]+) Tf", page)]
    assert min(sizes) == pytest.approx(12 * (156 / 4 - 4) / (23 * 12 * 25.4 / 72), rel=0.02)


@needs_font
def test_many_bars_and_long_names_stay_on_their_pages() -> None:
    bars = [(f"很长很长很长很长很长的名称{number}", None) for number in range(40)]
    report = Report("很长的发文机关" * 6, "〔2017〕1号", "很长的标题" * 12, [Section("一、图", [Chart("图", bars)])])  # type: ignore[arg-type]

    pages = drawn(pdf(report, published().frozen_at, FONTS))  # type: ignore[arg-type]

    places = [(float(x), float(y)) for page in pages for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+) Td", page)]
    assert min(x for x, _ in places) >= round(LEFT * MILLIMETRE, 2)
    assert min(y for _, y in places) > 0
    sizes = {float(size) for size in re.findall(r"/F\d+ ([\d.]+) Tf", pages[0])}
    assert 22 in sizes


def test_a_label_that_is_too_long_is_squeezed_into_its_place_on_a_page() -> None:
    bars = [("很长很长很长很长很长的名称", Decimal(1)), ("短", Decimal(2))]
    report = Report("机关", "〔2017〕1号", "标题", [Section("一、图", [Chart("图", bars)])])

    long, short = re.findall(r'<text x="44.8"[^>]*>', html(report).decode())

    assert 'textLength="44.8"' in long
    assert "textLength" not in short


def test_without_its_font_a_pdf_is_refused_and_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(FontMissing) as refusal:
        pdf(report_of(published()), published().frozen_at, Fonts(tmp_path))  # type: ignore[arg-type]

    assert "fonts-lxgw-wenkai" in refusal.value.next_step("en")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (35, "三十五"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (234, "二百三十四"),
        (1000, "一千"),
        (1010, "一千零一十"),
        (2005, "二千零五"),
    ],
)
def test_headings_are_numbered_in_chinese(number: int, expected: str) -> None:
    assert chinese(number) == expected


def test_a_bulletin_with_hundreds_of_corrections_has_a_file() -> None:
    """After the table of divisions was reissued nearly every figure of every issue of years is another."""
    issue = published()
    assert issue.content is not None
    many = issue.content.model_copy(update={"corrections": issue.content.corrections * 250})

    written = export(issue.model_copy(update={"content": many}), FileFormat.MARKDOWN, FONTS).content.decode()

    assert "\uff08二百五十\uff09〔2017〕2号" in written


def test_marks_are_wide_and_numbers_keep_theirs() -> None:
    assert official("共1,234人(含2人),完") == "共1,234人\uff08含2人\uff09\uff0c完"
