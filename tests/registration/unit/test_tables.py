"""Files are read as what they are, or refused with the reason; never as mojibake."""

import io
import zipfile

import pytest
import xlsxwriter
from registration.domain.roster_rows import COLUMNS, ID_NUMBER, NAME, PHONE, RESIDENCE
from registration.domain.tables import (
    MOST_BYTES,
    MOST_ROWS,
    Encoding,
    EncodingMismatch,
    FileTooLarge,
    FileUnreadable,
    HeadersMerged,
    HeadersMissing,
    Table,
    read_table,
)
from servicekit.domain import TooManyRows

from tests.registration.samples import COMMUNITY, HEADER, csv_file, id_number, person, xlsx_file


def names(table: Table) -> list[str]:
    return [line.text(NAME) for line in table.lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_csv_is_read_in_each_encoding(encoding: str) -> None:
    table = read_table(csv_file([person(), person(2, "李四")], encoding=encoding), COLUMNS)

    assert names(table) == ["张三", "李四"]
    assert table.lines[0].number == 2
    assert table.lines[0].text(RESIDENCE) == COMMUNITY


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_are_understood(delimiter: str) -> None:
    content = csv_file([person()]).replace(b",", delimiter.encode())

    assert names(read_table(content, COLUMNS)) == ["张三"]


def test_a_spreadsheet_is_read_under_its_title_with_numbers_as_text() -> None:
    content = xlsx_file([["张三", id_number(1), 13800000000, int(COMMUNITY)]], title="某单位党员花名册")

    (line,) = read_table(content, COLUMNS).lines

    assert line.number == 3
    assert (line.text(NAME), line.text(ID_NUMBER)) == ("张三", id_number(1))
    assert (line.text(PHONE), line.text(RESIDENCE)) == ("13800000000", COMMUNITY)


def test_headers_are_matched_tolerantly_and_unknown_ones_are_named() -> None:
    content = csv_file([["1", "张三", id_number(1)]], header=["序号", " 姓 名* ", "公民身份号码(必填)"])

    table = read_table(content, COLUMNS)

    assert names(table) == ["张三"]
    assert table.ignored == ["序号"]


@pytest.mark.parametrize(
    ("declared", "encoding", "detected"), [(Encoding.UTF_8, "gbk", "GBK"), (Encoding.GBK, "utf-8", "UTF-8")]
)
def test_a_wrongly_declared_encoding_is_refused(declared: Encoding, encoding: str, detected: str) -> None:
    with pytest.raises(EncodingMismatch) as refused:
        read_table(csv_file([person()], encoding=encoding), COLUMNS, declared)

    assert refused.value.fields["detected"] == detected


def test_ascii_fits_any_declared_encoding() -> None:
    content = csv_file([["Ann Lee", id_number(1)]], header=["name", "idNumber"])

    assert names(read_table(content, COLUMNS, Encoding.GBK)) == ["Ann Lee"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \n",
        csv_file([person()], encoding="utf-16"),
        b'\xe5\xa7\x93"\x00\x01,\xe8\xba\xab',
        csv_file([['"张三', id_number(1)]]),
        b"PK\x03\x04 and then nothing of a spreadsheet",
        b"\xd0\xcf\x11\xe0 neither",
        b"\xff\x81\x81,\x82",
    ],
)
def test_what_can_not_be_read_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        read_table(content, COLUMNS)


def test_missing_headers_are_named() -> None:
    with pytest.raises(HeadersMissing) as refused:
        read_table(csv_file([["张三"]], header=["姓名"]), COLUMNS)

    assert refused.value.fields["missing"] == ["身份证号"]
    assert "身份证号" in refused.value.message("zh")


def test_merged_headers_are_refused() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["姓名", "身份证号"])
    sheet.merge_range(0, 2, 0, 3, "联系方式")
    sheet.write_row(1, 0, person())
    book.close()

    with pytest.raises(HeadersMerged):
        read_table(buffer.getvalue(), COLUMNS)


def test_limits_of_size_and_rows_are_typed() -> None:
    with pytest.raises(FileTooLarge) as large:
        read_table(b"x" * (MOST_BYTES + 1), COLUMNS)
    with pytest.raises(TooManyRows) as many:
        read_table(csv_file([["张三", "1"]] * (MOST_ROWS + 1), header=HEADER[:2]), COLUMNS)

    assert large.value.fields["limit_bytes"] == MOST_BYTES
    assert many.value.fields["actual"] == MOST_ROWS + 1


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)

    with pytest.raises(FileTooLarge):
        read_table(buffer.getvalue(), COLUMNS)


def rewritten(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The spreadsheet with something else in one of its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            text = source.read(part)
            target.writestr(part, text.replace(old, new) if part == name else text)
    return buffer.getvalue()


def test_a_small_spreadsheet_that_needs_more_memory_than_there_is_costs_nobody_but_its_reader() -> None:
    """A library that gets no memory takes its process with it: one cell at the far end did that to the service."""
    sheet, shared = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
    content = xlsx_file([person()])
    far_away = rewritten(content, sheet, b'r="A2"', b'r="XFD1048576"')
    one_text_often = xlsx_file([person() for _ in range(MOST_ROWS)])
    one_text_often = rewritten(one_text_often, shared, "张三".encode(), b"x" * 60_000)

    for file in (far_away, one_text_often):
        assert len(file) < MOST_BYTES
        with pytest.raises(FileUnreadable):
            read_table(file, COLUMNS)


def test_nobody_far_down_a_spreadsheet_is_left_out_in_silence() -> None:
    content = xlsx_file([person(), person(2, "李四")])
    far_down = content
    for old, new in ((b'<row r="3"', b'<row r="30000"'), *((b'r="%c3"' % c, b'r="%c30000"' % c) for c in b"ABCDE")):
        far_down = rewritten(far_down, "xl/worksheets/sheet1.xml", old, new)

    with pytest.raises(FileUnreadable, match="below row 20000"):
        read_table(far_down, COLUMNS)


def test_a_spreadsheet_that_lies_about_its_size_is_refused() -> None:
    content = rewritten(xlsx_file([person()]), "xl/sharedStrings.xml", "张三".encode(), b"x" * 80_000_000)
    size = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/sharedStrings.xml")) + 24

    with pytest.raises(FileUnreadable):
        read_table(content[:size] + (1_000).to_bytes(4, "little") + content[size + 4 :], COLUMNS)
