"""Evaluation statements of a person or a unit for a year: counted once, numbered, signed, and never changed."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import orjson
from pydantic import BaseModel, ConfigDict
from servicekit.documents.numbers import Series
from servicekit.domain import Aggregate

from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import Indicator, IndicatorId, Text, YearCounts, evaluate
from evaluation.domain.standings import YearOfService
from evaluation.domain.vanguards import VANGUARDS

NUMBERS = Series("PJ", "评价证明", "statement")
OF_UNITS = (
    IndicatorId.active_roster_lines,
    IndicatorId.registration_rate,
    IndicatorId.service_rate,
    IndicatorId.post_claims,
    IndicatorId.wishes_claimed,
    IndicatorId.pairs,
    IndicatorId.agreements,
    IndicatorId.projects_completed,
    IndicatorId.person_visits,
)


class StatementKind(StrEnum):
    PERSON = "PERSON"
    UNIT = "UNIT"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class StatementRow(_Frozen):
    name: Text
    unit: Text
    rule: Text
    numerator: Decimal
    denominator: int | None = None
    value: Decimal | None


class StatementContent(_Frozen):
    """What it says of `subject` (a member's or a unit's number), counted up to `up_to`. `positions` is how far the
    archive was consumed, by lane, and `rules` by which version of RULES it was counted; None before that was noted.
    """

    kind: StatementKind
    subject: str
    year: int
    up_to: date
    as_of: datetime
    positions: dict[str, int]
    rows: list[StatementRow]
    rules: int | None = None

    def digest(self) -> str:
        """SHA-256 of the content in canonical JSON."""
        said = self.model_dump(mode="json", exclude={"rules"} if self.rules is None else None)
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


class StatementSnapshot(BaseModel):
    """Never the figures of a person."""

    statement_id: str
    number: str
    kind: StatementKind
    subject: str
    unit_id: str
    year: int
    digest: str


class Statement(Aggregate):
    """Returned to the home unit `unit`, which sits in `division`. `signature` is of number and digest."""

    number: str
    kind: StatementKind
    subject: str
    unit: str
    division: str
    year: int
    content: StatementContent
    digest: str
    signature: str | None
    issued_by: str
    issued_at: datetime

    def snapshot(self) -> StatementSnapshot:
        return StatementSnapshot(
            statement_id=self.id,
            number=self.number,
            kind=self.kind,
            subject=self.subject,
            unit_id=self.unit,
            year=self.year,
            digest=self.digest,
        )


def signed_text(number: str, digest: str) -> bytes:
    """What the signature is of."""
    return f"{number}\n{digest}".encode()


def rows_of_person(served: YearOfService) -> list[StatementRow]:
    counted = "按服务日期计经确认的服务;截至所示日期。", "Confirmed services, by the date served; as of the date shown."
    so_far = "截至所示日期累计时长的星级。", "From all hours up to the date shown."
    return [
        _row(("服务次数", "Services"), ("次", "times"), counted, Decimal(served.services)),
        _row(("服务时长", "Hours served"), ("小时", "hours"), counted, Decimal(served.hours) / 100),
        _row(("星级", "Stars"), ("级", "stars"), so_far, Decimal(served.stars)),
        *(_row(_named(word), ("次", "times"), counted, Decimal(count)) for word, count in served.vanguards.items()),
    ]


def _named(word: str) -> tuple[str, str]:
    """A vanguard that this version doesn't know goes by its word."""
    name = VANGUARDS.get(word, Text(word, word))
    return f"先锋服务:{name.zh}", f"Vanguard: {name.en}"


def rows_of_unit(counted: Iterable[YearCounts], year: int) -> list[StatementRow]:
    rows = list(counted)
    return [_figure(FIGURES[id], rows, year) for id in OF_UNITS]


def _figure(indicator: Indicator, rows: list[YearCounts], year: int) -> StatementRow:
    value = evaluate(indicator, rows, year)
    return StatementRow(
        name=indicator.name,
        unit=indicator.unit,
        rule=indicator.rule,
        numerator=Decimal(value.numerator),
        denominator=value.denominator,
        value=value.value,
    )


def _row(name: tuple[str, str], unit: tuple[str, str], rule: tuple[str, str], value: Decimal) -> StatementRow:
    return StatementRow(name=Text(*name), unit=Text(*unit), rule=Text(*rule), numerator=value, value=value)
