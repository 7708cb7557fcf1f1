"""How an indicator went, month by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from evaluation.domain.contributions import Counts
from evaluation.domain.indicators import Basis, Indicator, Measure, rate

BY_YEAR_ONLY = frozenset({"served"})


@dataclass(frozen=True, slots=True)
class MonthValue:
    """`value` is the count so far, or the rate in percent of the counts so far; None for a rate of nothing.

    `added` is what the numerator counted in this month alone.
    """

    month: str
    numerator: int
    denominator: int | None
    value: Decimal | None
    added: int


def has_trend(indicator: Indicator) -> bool:
    """Whether it is a sum of things that have a month. Places, and members who served in a year, are not."""
    return all(
        measure.counter not in BY_YEAR_ONLY and not measure.places and measure.basis is not Basis.IN_YEAR
        for measure in (indicator.numerator, indicator.denominator)
        if measure is not None
    )


def trend(indicator: Indicator, months: Mapping[str, Counts], year: int) -> list[MonthValue]:
    """The twelve months of the year. Things count from the month of their own date, in their present state."""
    return [_month(indicator, months, f"{year:04}-{month:02}") for month in range(1, 13)]


def _month(indicator: Indicator, months: Mapping[str, Counts], month: str) -> MonthValue:
    numerator = _so_far(indicator.numerator, months, month)
    added = months.get(month, {}).get(indicator.numerator.counter, 0)
    if indicator.denominator is None:
        return MonthValue(month, numerator, None, Decimal(numerator), added)
    denominator = _so_far(indicator.denominator, months, month)
    return MonthValue(month, numerator, denominator, rate(numerator, denominator), added)


def _so_far(measure: Measure, months: Mapping[str, Counts], last: str) -> int:
    return sum(counts.get(measure.counter, 0) for month, counts in months.items() if month <= last)
