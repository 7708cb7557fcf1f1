"""An issue of the bulletin: drafted, frozen, published under a number; what it says never changes once frozen."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import orjson
from pydantic import BaseModel, ConfigDict
from servicekit.domain import Aggregate, Refusal

from evaluation.domain.contributions import Counts
from evaluation.domain.facts import LOCAL_TIME, local_date
from evaluation.domain.figures import BULLETIN, FIGURES
from evaluation.domain.indicators import IndicatorId, Text, YearCounts, evaluate
from evaluation.domain.periods import Period

OF_UNITS = tuple(id for id in BULLETIN if FIGURES[id].of_units)
COMPARED = (IndicatorId.registration_rate, IndicatorId.service_rate, IndicatorId.person_visits)


class IssueStatus(StrEnum):
    DRAFT = "DRAFT"
    FROZEN = "FROZEN"
    PUBLISHED = "PUBLISHED"


class BulletinExists(Refusal):
    bulletin_id: str
    zh, en = (
        "该区划此期间的通报已存在:{bulletin_id}。",
        "There is a bulletin of this division and period: {bulletin_id}.",
    )
    next_zh, next_en = "请使用已有的通报;更正列入下一期。", "Use that one; corrections go into the next."


class BulletinAlreadyFrozen(Refusal):
    frozen_at: datetime
    zh, en = (
        "该通报已于 {frozen_at:%Y-%m-%d %H:%M} 定稿。",
        "This bulletin was frozen at {frozen_at:%Y-%m-%d %H:%M} (UTC+8).",
    )
    next_zh, next_en = "可直接发布;更正列入下一期。", "Publish it as it is; corrections go into the next."


class BulletinNotFrozen(Refusal):
    zh, en = "该通报尚未定稿,不能发布。", "This bulletin is a draft; only a frozen one can be published."
    next_zh, next_en = "请先定稿。", "Freeze it first."


class BulletinAlreadyPublished(Refusal):
    number: str
    zh, en = "该通报已发布,编号 {number}。", "This bulletin is published under number {number}."
    next_zh, next_en = "更正列入下一期。", "Corrections go into the next."


class PeriodNotOver(Refusal):
    ends_on: date
    zh, en = "期间至 {ends_on} 才结束,不能定稿。", "The period lasts until {ends_on}; it can't be frozen before."
    next_zh, next_en = "请在期间结束后定稿。", "Freeze it when the period is over."


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True)
class About:
    """Of whom a bulletin is: a division; a unit, which sits there; or a line, whose units sit there."""

    division: str
    unit: str | None = None
    line: str | None = None

    @property
    def of_units(self) -> bool:
        return self.unit is not None or self.line is not None


class Row(_Frozen):
    """One figure at the period's end. `in_period` is what a count gained in the period, less what it lost."""

    figure: IndicatorId
    name: Text
    unit: Text
    rule: Text
    numerator: int
    denominator: int | None
    value: Decimal | None
    in_period: int | None


class Compared(_Frozen):
    """A division of the next lower level, or a unit of the line, by the figures that are compared."""

    division: str
    name: str
    values: dict[str, Decimal | None]


class Correction(_Frozen):
    """What an earlier issue said of its period, and what is counted for that period now."""

    number: str
    period: Period
    figure: IndicatorId
    name: Text
    published: int
    corrected: int


class Measured(_Frozen):
    """`value` is the count, or the rate in percent; None for a rate of nothing."""

    numerator: int
    denominator: int | None
    value: Decimal | None


class Revision(_Frozen):
    """A rate or a number of places as an earlier issue said it, and as it is counted for that day now."""

    number: str
    period: Period
    figure: IndicatorId
    name: Text
    unit: Text
    published: Measured
    revised: Measured


class Content(_Frozen):
    """All that an issue says. `positions` is how far the archive was consumed, by lane: it says of which facts.

    `earlier` are the ids of the issues that it corrects where they need it, `appeals` those of the granted appeals by
    which facts were corrected since the last one, `rules` is by which version of RULES it was counted. What contents
    of before didn't say is None.
    """

    as_of: datetime
    positions: dict[str, int]
    rows: list[Row]
    compared: list[Compared] = []
    months: dict[str, int] = {}
    corrections: list[Correction] = []
    revisions: list[Revision] | None = None
    appeals: list[str] | None = None
    earlier: list[str] | None = None
    rules: int | None = None

    @property
    def not_noted(self) -> set[str]:
        """What contents of its time didn't say."""
        return {name for name in ("revisions", "appeals", "earlier", "rules") if getattr(self, name) is None}

    def digest(self) -> str:
        """SHA-256 of the content in canonical JSON."""
        said = self.model_dump(mode="json", exclude=self.not_noted)
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


class BulletinSnapshot(BaseModel):
    bulletin_id: str
    division: str
    unit_id: str | None
    line: str | None
    number: str
    starts_on: date
    ends_on: date
    digest: str


class BulletinIssue(Aggregate):
    """`serial` numbers the published issues about the same and of a year from 1.

    `division_name` is the name of what it is about: a division, a unit, or a line in a division.
    """

    division: str
    unit: str | None = None
    line: str | None = None
    division_name: str
    starts_on: date
    ends_on: date
    year: int
    status: IssueStatus = IssueStatus.DRAFT
    serial: int | None = None
    content: Content | None = None
    digest: str | None = None
    drafted_by: str
    frozen_at: datetime | None = None
    frozen_by: str | None = None
    published_at: datetime | None = None
    published_by: str | None = None

    @property
    def about(self) -> About:
        return About(self.division, self.unit, self.line)

    @property
    def period(self) -> Period:
        return Period(starts_on=self.starts_on, ends_on=self.ends_on)

    @property
    def number(self) -> str | None:
        return f"{self.year}-{self.serial}" if self.serial else None

    def check_freezable(self, now: datetime) -> None:
        """Raises BulletinAlreadyFrozen or PeriodNotOver."""
        if self.frozen_at is not None:
            raise BulletinAlreadyFrozen(frozen_at=self.frozen_at.astimezone(LOCAL_TIME))
        if local_date(now) <= self.ends_on:
            raise PeriodNotOver(ends_on=self.ends_on)

    def freeze(self, content: Content, by: str) -> None:
        self.check_freezable(content.as_of)
        self.status, self.content, self.digest = IssueStatus.FROZEN, content, content.digest()
        self.frozen_at, self.frozen_by = content.as_of, by

    def publish(self, serial: int, now: datetime, by: str) -> None:
        """Raises BulletinAlreadyPublished or BulletinNotFrozen."""
        if self.number is not None:
            raise BulletinAlreadyPublished(number=self.number)
        if self.status is not IssueStatus.FROZEN:
            raise BulletinNotFrozen()
        self.status, self.serial = IssueStatus.PUBLISHED, serial
        self.published_at, self.published_by = now, by
        self.record("bulletin-published")

    def snapshot(self) -> BulletinSnapshot:
        return BulletinSnapshot(
            bulletin_id=self.id,
            division=self.division,
            unit_id=self.unit,
            line=self.line,
            number=self.number or "",
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            digest=self.digest or "",
        )


def rows(
    years: list[YearCounts],
    months: Mapping[str, Counts],
    period: Period,
    figures: Iterable[IndicatorId] = BULLETIN,
) -> list[Row]:
    """The figures of a bulletin; `years` are counted up to the period's end."""
    return [_row(id, years, months, period) for id in figures]


def _row(id: IndicatorId, years: list[YearCounts], months: Mapping[str, Counts], period: Period) -> Row:
    indicator = FIGURES[id]
    value = evaluate(indicator, years, period.year)
    is_sum = indicator.denominator is None and not indicator.numerator.places
    return Row(
        figure=id,
        name=indicator.name,
        unit=indicator.unit,
        rule=indicator.rule,
        numerator=value.numerator,
        denominator=value.denominator,
        value=value.value,
        in_period=period.sum(months, indicator.numerator.counter) if is_sum else None,
    )
