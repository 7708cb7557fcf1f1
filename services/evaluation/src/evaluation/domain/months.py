"""Months, written like `2017-03`, and up to when things are asked to count."""

import calendar
from dataclasses import dataclass
from datetime import date

from servicekit.domain import InvalidInput

FIRST_YEAR, LAST_YEAR = 1949, 9998


def month_of(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


@dataclass(frozen=True, slots=True)
class AsOf:
    """`year` is the one whose services count in the service rate; everything counts up to the end of `month`."""

    year: int
    month: str

    @property
    def day(self) -> str:
        """The month's last day. What begins later doesn't count, nor what ended on it or before."""
        return last_day(self.month).isoformat()

    @property
    def day_of_year(self) -> date:
        """The last day of the year that counts."""
        return last_day(self.last_month_of_year)

    @property
    def months(self) -> list[str]:
        """Those of the year, as far as they count."""
        return [month for number in range(1, 13) if (month := f"{self.year:04}-{number:02}") <= self.month]

    @property
    def last_month_of_year(self) -> str:
        """The last month of the year that counts."""
        return min(self.month, f"{self.year:04}-12")


def as_of(year: int | None, up_to: date | None, today: date) -> AsOf:
    """By default up to the end of the year, or today where that is to come. Raises InvalidInput."""
    year = today.year if year is None else year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(
            path="year",
            reason_zh=f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间",
            reason_en=f"a year from {FIRST_YEAR} to {LAST_YEAR}",
        )
    if up_to is None:
        up_to = date(year, 12, 31)
    elif up_to < today and up_to != last_day(month_of(up_to)):
        raise InvalidInput(
            path="upTo",
            reason_zh="须为某月的最后一天,或今天",
            reason_en="the last day of a month, or today",
        )
    return AsOf(year, month_of(min(up_to, today)))
