"""Numbers that pass their checks, and roster files. No real person or organisation."""

import io
from collections.abc import Sequence

import xlsxwriter
from stdnum.cn import ric, uscc

CITY, COUNTY, OTHER_COUNTY = "350800", "350802", "350803"
SUBDISTRICT = "350802001"
COMMUNITY, OTHER_COMMUNITY = "350802001001", "350802001002"
HEADER = ("姓名", "身份证号", "手机号", "居住社区代码")
DIVISIONS = {
    CITY: "龙岩市",
    COUNTY: "新罗区",
    OTHER_COUNTY: "永定区",
    SUBDISTRICT: "东城街道",
    COMMUNITY: "东兴社区",
    OTHER_COMMUNITY: "西兴社区",
}


def id_number(serial: int = 1, born: str = "19990101") -> str:
    body = f"350802{born}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


def credit_code(serial: int = 1) -> str:
    body = f"11350802{serial:09d}"
    return body + uscc.calc_check_digit(body)


def person(serial: int = 1, name: str = "张三", phone: str = "13800000000", residence: str = COMMUNITY) -> list[str]:
    return [name, id_number(serial), phone, residence]


def csv_file(rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(row) for row in [header, *rows]).encode(encoding)


def xlsx_file(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, title: str | None = None) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    top = 0
    if title is not None:
        sheet.merge_range(0, 0, 0, len(header) - 1, title)
        top = 1
    for number, row in enumerate([header, *rows], top):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.close()
    return buffer.getvalue()
