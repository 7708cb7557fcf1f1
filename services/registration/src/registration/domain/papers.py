"""Papers that communities hold: the lines of a host's own list of who came, with whatever it wrote down."""

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal

from registration.domain.likeness import PersonTraits
from registration.domain.people import Personal, Unacceptable, check_id_number, check_name, check_phone
from registration.domain.tables import Column, Line

NAME, ID_NUMBER, BIRTH_MONTH, PHONE, RECEIVED_ON = "name", "id_number", "birth_month", "phone", "received_on"
COLUMNS = (
    Column(NAME, ("姓名", "党员姓名", "name"), required=True),
    Column(ID_NUMBER, ("身份证号", "身份证号码", "公民身份号码", "身份证", "idnumber")),
    Column(BIRTH_MONTH, ("出生年月", "出生日期", "birthmonth")),
    Column(PHONE, ("手机号", "手机号码", "联系电话", "联系方式", "电话", "phone")),
    Column(RECEIVED_ON, ("报到日期", "报到时间", "签收日期", "receivedon")),
)


class NotACandidate(Refusal):
    member_id: str
    zh = "该党员既不是此记录的候选人选,也不属于您管辖范围内的单位"
    en = "This member is no candidate for the paper, and of no unit in your jurisdiction"
    next_zh = "请重新比对并从候选人选中认定,或请上级管理员认定。"
    next_en = "Reconcile again and choose one of its candidates, or have an administrator above you decide."


class PaperPerson(Personal):
    """What the paper says of its person. Sealed at rest."""

    name: str
    id_number: str | None = None
    birth_month: str | None = None
    phone: str | None = None

    @property
    def traits(self) -> PersonTraits:
        return PersonTraits(self.name, self.birth_month, self.phone)


class PaperSnapshot(BaseModel):
    """Public state of a paper, carried by its events."""

    paper_id: str
    community: str
    member_id: str | None
    received_on: date


class Paper(Aggregate):
    """A line of a community's list. `entry_key` is the same when the line is sent again."""

    PERSONAL = Aggregate.PERSONAL | {"id_index", "entry_key"}

    community_code: str
    sealed: str
    entry_key: str
    id_index: str | None
    received_on: date
    member_id: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    def decide(self, member_id: str | None, by: str, now: datetime) -> None:
        """A person says whose it is; None takes back what was said."""
        self.member_id, self.decided_by, self.decided_at = member_id, by, now
        self.record("paper-decided")

    def snapshot(self) -> PaperSnapshot:
        return PaperSnapshot(
            paper_id=self.id, community=self.community_code, member_id=self.member_id, received_on=self.received_on
        )


@dataclass(frozen=True, slots=True)
class PaperRow:
    number: int
    person: PaperPerson
    received_on: date


def check_paper(line: Line, today: date) -> PaperRow:
    """The line as a paper; InvalidInput, at the line's number, when it can't be one."""
    column = NAME
    try:
        name = check_name(line.text(NAME))
        column = ID_NUMBER
        id_number = check_id_number(line.text(ID_NUMBER), today) if line.text(ID_NUMBER) else None
        column = BIRTH_MONTH
        born = id_number[6:12] if id_number else _birth_month(line.text(BIRTH_MONTH))
        column = PHONE
        phone = check_phone(line.text(PHONE)) if line.text(PHONE) else None
        column = RECEIVED_ON
        received_on = _received_on(line.text(RECEIVED_ON), today)
    except Unacceptable as error:
        raise InvalidInput(path=f"lines.{line.number}.{column}", reason_zh=error.zh, reason_en=error.en) from None
    return PaperRow(
        line.number, PaperPerson(name=name, id_number=id_number, birth_month=born, phone=phone), received_on
    )


def _birth_month(text: str) -> str | None:
    digits = "".join(character for character in text if character.isdigit())
    if not text:
        return None
    if len(digits) < 6 or not 1 <= int(digits[4:6]) <= 12:
        raise Unacceptable("出生年月应形如 1990-01", "a birth month looks like 1990-01")
    return digits[:6]


def _received_on(text: str, today: date) -> date:
    try:
        on = date.fromisoformat(text) if text else today
    except ValueError:
        raise Unacceptable("日期应形如 2016-01-31", "a date looks like 2016-01-31") from None
    if on > today:
        raise Unacceptable("日期不能晚于今天", "not after today")
    return on


def no_such_paper(paper_id: str) -> NotFound:
    return NotFound(what_zh="社区报到记录", what_en="paper", id=paper_id, path="paper_id")
