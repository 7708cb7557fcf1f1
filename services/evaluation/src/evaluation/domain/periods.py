"""Periods that are reported on: calendar months, quarters and years."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, ConfigDict
from servicekit.domain import InvalidInput

from evaluation.domain.contributions import Counts
from evaluation.domain.months import FIRST_YEAR, LAST_YEAR, AsOf, last_day, month_of


class PeriodKind(StrEnum):
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_MONTHS = {1: PeriodKind.MONTH, 3: PeriodKind.QUARTER, 12: PeriodKind.YEAR}


class Period(BaseModel):
    """Whole calendar months. `ends_on` is the last day. Make it with `period`."""

    model_config = ConfigDict(frozen=True)

    starts_on: date
    ends_on: date

    @property
    def year(self) -> int:
        return self.starts_on.year

    @property
    def kind(self) -> PeriodKind:
        return _MONTHS[self.ends_on.month - self.starts_on.month + 1]

    @property
    def as_of(self) -> AsOf:
        return AsOf(self.year, self.last_month)

    @property
    def last_month(self) -> str:
        return month_of(self.ends_on)

    def label(self) -> str:
        """As it is written in titles: 2017年、2017年第一季度、2017年3月."""
        year = f"{self.year}年"
        if self.kind is PeriodKind.YEAR:
            return year
        if self.kind is PeriodKind.QUARTER:
            return f"{year}第{'一二三四'[self.ends_on.month // 3 - 1]}季度"
        return f"{year}{self.starts_on.month}月"

    def sum(self, months: Mapping[str, Counts], counter: str) -> int:
        """What began to count in this period, less what ceased to."""
        inside = (counts for month, counts in months.items() if month_of(self.starts_on) <= month <= self.last_month)
        return sum(counts.get(counter, 0) for counts in inside)


def period_with(day: date, kind: PeriodKind) -> Period:
    """The period of this kind that the day is in."""
    months = next(number for number, one in _MONTHS.items() if one is kind)
    first = day.month - (day.month - 1) % months
    return Period(starts_on=day.replace(month=first, day=1), ends_on=last_day(f"{day.year:04}-{first + months - 1:02}"))


def period(starts_on: date, ends_on: date, path: str = "input") -> Period:
    """Raises InvalidInput for what isn't a calendar month, quarter or year."""
    if ends_on < starts_on:
        raise InvalidInput(
            path=f"{path}.ends_on",
            reason_zh=f"结束日 {ends_on} 早于起始日 {starts_on}",
            reason_en=f"it ends on {ends_on}, before it starts on {starts_on}",
        )
    if not FIRST_YEAR <= starts_on.year <= LAST_YEAR:
        raise InvalidInput(
            path=f"{path}.starts_on",
            reason_zh=f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间",
            reason_en=f"a year from {FIRST_YEAR} to {LAST_YEAR}",
        )
    for months in _MONTHS:
        aligned = starts_on.day == 1 and (starts_on.month - 1) % months == 0
        if aligned and ends_on == starts_on + relativedelta(months=months) - timedelta(days=1):
            return Period(starts_on=starts_on, ends_on=ends_on)
    raise InvalidInput(
        path=f"{path}.ends_on",
        reason_zh=f"{starts_on} 至 {ends_on} 不是完整的自然月、季度或年度",
        reason_en=f"{starts_on} to {ends_on} is no whole calendar month, quarter or year",
    )
