"""The rows of a roster file, checked one by one: each is OK, or has warnings, or can't be taken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from servicekit.domain import InvalidInput

from registration.domain.divisions import check_community_code
from registration.domain.people import (
    Unacceptable,
    check_id_number,
    check_name,
    check_phone,
    is_mobile,
    known_birth_place,
    sex_of,
)
from registration.domain.tables import Column, Line

NAME, ID_NUMBER, PHONE, SEX, RESIDENCE = "name", "id_number", "phone", "sex", "residence"
COLUMNS = (
    Column(NAME, ("姓名", "党员姓名", "name"), required=True),
    Column(
        ID_NUMBER,
        ("身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "身份证", "证件号码", "idnumber"),
        required=True,
    ),
    Column(PHONE, ("手机号", "手机号码", "手机", "联系电话", "联系方式", "电话", "phone")),
    Column(SEX, ("性别", "sex")),
    Column(
        RESIDENCE,
        ("居住社区代码", "居住社区编码", "居住地社区代码", "社区代码", "社区编码", "居住社区", "residence"),
    ),
)
HEADERS = {column.key: column.headers[0] for column in COLUMNS}


class Severity(StrEnum):
    WARNING = "WARNING"
    ERROR = "ERROR"


class RowStatus(StrEnum):
    OK = "OK"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell; `column` is its header."""

    column: str
    severity: Severity
    zh: str
    en: str


@dataclass(slots=True)
class RosterRow:
    """A checked row. Values that could not be taken are blank."""

    number: int
    name: str = ""
    id_number: str = ""
    phone: str = ""
    residence: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def status(self) -> RowStatus:
        severities = {problem.severity for problem in self.problems}
        if Severity.ERROR in severities:
            return RowStatus.ERROR
        return RowStatus.WARNING if severities else RowStatus.OK

    @property
    def acceptable(self) -> bool:
        return self.status is not RowStatus.ERROR

    def error(self, column: str, zh: str, en: str) -> None:
        self.problems.append(Problem(HEADERS[column], Severity.ERROR, zh, en))

    def warn(self, column: str, zh: str, en: str) -> None:
        self.problems.append(Problem(HEADERS[column], Severity.WARNING, zh, en))


def check_rows(lines: list[Line], today: date) -> list[RosterRow]:
    """Every line checked by itself, and against the others of the file."""
    rows = [_check(line, today) for line in lines]
    first: dict[str, int] = {}
    for row in rows:
        if row.id_number:
            seen = first.setdefault(row.id_number, row.number)
            if seen != row.number:
                row.error(ID_NUMBER, f"与第 {seen} 行的身份证号重复", f"the same ID number as in row {seen}")
    return rows


def _check(line: Line, today: date) -> RosterRow:
    row = RosterRow(line.number)
    row.name = _take(row, NAME, line.text(NAME), check_name)
    if isinstance(line.cells.get(ID_NUMBER), float):
        row.error(
            ID_NUMBER, "身份证号被存为数字,末几位已丢失;请把该列设为文本", "stored as a number, so its end is lost"
        )
    else:
        row.id_number = _take(row, ID_NUMBER, line.text(ID_NUMBER), lambda text: check_id_number(text, today))
    if line.text(PHONE):
        row.phone = _take(row, PHONE, line.text(PHONE), check_phone)
    if line.text(RESIDENCE):
        row.residence = _take(row, RESIDENCE, line.text(RESIDENCE), _community_code)
    _warn(row, line)
    return row


def _warn(row: RosterRow, line: Line) -> None:
    if row.phone and not is_mobile(row.phone):
        row.warn(PHONE, "不是手机号码", "not a mobile number")
    if row.id_number:
        if not known_birth_place(row.id_number):
            row.warn(ID_NUMBER, "前六位不是当时的县级代码,请核对", "its first six digits were no county then: check it")
        sex = line.text(SEX)
        if sex in ("男", "女") and sex != sex_of(row.id_number):
            row.warn(SEX, "与身份证号不符", "does not agree with the ID number")


def _take(row: RosterRow, column: str, text: str, check: Callable[[str], str]) -> str:
    try:
        return check(text)
    except Unacceptable as reason:
        row.error(column, reason.zh, reason.en)
        return ""


def _community_code(text: str) -> str:
    try:
        return check_community_code(text, "")
    except InvalidInput as refusal:
        raise Unacceptable(refusal.fields["reason_zh"], refusal.fields["reason_en"]) from None
