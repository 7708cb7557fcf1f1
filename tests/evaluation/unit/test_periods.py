"""Periods are whole calendar months, quarters or years."""

from datetime import date

import pytest
from evaluation.domain.months import AsOf
from evaluation.domain.periods import PeriodKind, period, period_with
from hypothesis import given
from hypothesis import strategies as st
from servicekit.domain import InvalidInput


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "kind", "label"),
    [
        (date(2016, 2, 1), date(2016, 2, 29), PeriodKind.MONTH, "2016年2月"),
        (date(2017, 4, 1), date(2017, 6, 30), PeriodKind.QUARTER, "2017年第二季度"),
        (date(2017, 1, 1), date(2017, 12, 31), PeriodKind.YEAR, "2017年"),
    ],
)
def test_a_calendar_period_knows_its_kind_and_its_name(
    starts_on: date, ends_on: date, kind: PeriodKind, label: str
) -> None:
    made = period(starts_on, ends_on)

    assert (made.kind, made.label()) == (kind, label)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "why"),
    [
        (date(2017, 3, 31), date(2017, 3, 1), "before it starts"),
        (date(2017, 3, 1), date(2017, 3, 30), "no whole calendar"),
        (date(2017, 2, 1), date(2017, 4, 30), "no whole calendar"),
        (date(2017, 7, 1), date(2018, 6, 30), "no whole calendar"),
        (date(2017, 3, 2), date(2017, 4, 1), "no whole calendar"),
    ],
)
def test_what_is_no_period_is_refused_with_the_reason(starts_on: date, ends_on: date, why: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        period(starts_on, ends_on)

    assert why in refusal.value.message("en")
    assert refusal.value.path == "input.ends_on"


@pytest.mark.parametrize("year", [1, 1948, 9999])
def test_a_year_that_is_none_of_ours_is_refused(year: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        period(date(year, 1, 1), date(year, 12, 31))

    assert refusal.value.path == "input.starts_on"


def test_a_period_counts_its_own_months() -> None:
    months = {
        "2016-12": {"services": 1},
        "2017-04": {"services": 10},
        "2017-06": {"services": 100},
        "2017-07": {"services": 5},
    }

    quarter = period(date(2017, 4, 1), date(2017, 6, 30))

    assert quarter.sum(months, "services") == 110
    assert quarter.as_of == AsOf(2017, "2017-06")


@given(st.dates(date(1949, 1, 1), date(9998, 12, 31)), st.sampled_from(PeriodKind))
def test_a_day_is_in_one_period_of_each_kind(day: date, kind: PeriodKind) -> None:
    found = period_with(day, kind)

    assert found.starts_on <= day <= found.ends_on
    assert (found, found.kind) == (period(found.starts_on, found.ends_on), kind)
