"""How an indicator went, month by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from evaluation.domain.contributions import Counts
from evaluation.domain.indicators import Indicator, rate
from evaluation.domain.months import AsOf


@dataclass(frozen=True, slots=True)
class MonthValue:
    """`value` is the count so far, or the rate in percent of the counts so far; None for a rate of nothing.

    `added` is what began to count in this month, less what ceased to.
    """

    month: str
    numerator: int
    denominator: int | None
    value: Decimal | None
    added: int


def has_trend(indicator: Indicator) -> bool:
    """Whether it is made of sums over months. Numbers of places are not."""
    return not indicator.numerator.places


def trend(indicator: Indicator, months: Mapping[str, Counts], asked: AsOf) -> list[MonthValue]:
    """The months of the year up to the one asked. Things count from the month of their own date until they ended."""
    return [_month(indicator, months, asked.year, month) for month in asked.months]


def _month(indicator: Indicator, months: Mapping[str, Counts], year: int, month: str) -> MonthValue:
    counter = indicator.numerator.name(year)
    numerator, added = so_far(months, counter, month), months.get(month, {}).get(counter, 0)
    if indicator.denominator is None:
        return MonthValue(month, numerator, None, Decimal(numerator) / indicator.parts, added)
    denominator = so_far(months, indicator.denominator.name(year), month)
    return MonthValue(month, numerator, denominator, rate(numerator, denominator), added)


def so_far(months: Mapping[str, Counts], counter: str, last: str) -> int:
    """What counts at the end of the month."""
    return sum(counts.get(counter, 0) for month, counts in months.items() if month <= last)
