"""Indicators month by month."""

from decimal import Decimal

import pytest
from evaluation.domain.divisions import parent_prefix
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.months import AsOf
from evaluation.domain.trends import has_trend, trend

from tests.evaluation.facts import END_OF_2017

MONTHS = {
    "2016-11": {"registered": 5, "registered_lines": 5, "roster_lines": 10},
    "2017-02": {"registered": 5, "registered_lines": 5, "services": 7},
    "2018-01": {"registered": 100},
}


def test_a_month_has_all_that_was_counted_up_to_its_end_and_what_it_added() -> None:
    january, february, *_ = trend(FIGURES[IndicatorId.registered_members], MONTHS, END_OF_2017)

    assert (january.value, january.added) == (5, 0)
    assert (february.month, february.value, february.added) == ("2017-02", 10, 5)


def test_a_rate_goes_by_what_was_counted_so_far_and_is_none_of_nothing() -> None:
    rate = FIGURES[IndicatorId.registration_rate]

    assert [month.value for month in trend(rate, MONTHS, END_OF_2017)[:2]] == [Decimal("50.00"), Decimal("100.00")]
    assert {month.value for month in trend(rate, MONTHS, AsOf(2015, "2015-12"))} == {None}


@pytest.mark.parametrize(("last", "expected"), [("2016-12", 0), ("2017-03", 3), ("2017-12", 12), ("2018-05", 12)])
def test_a_trend_ends_with_the_month_asked_and_shows_none_that_is_to_come(last: str, expected: int) -> None:
    shown = trend(FIGURES[IndicatorId.registered_members], MONTHS, AsOf(2017, last))

    assert [month.month for month in shown] == [f"2017-{number:02}" for number in range(1, expected + 1)]


def test_what_has_no_month_has_no_trend() -> None:
    without = {id for id, figure in FIGURES.items() if not has_trend(figure)}

    coverages = {IndicatorId.agreement_coverage, IndicatorId.leader_coverage, IndicatorId.branch_coverage}
    assert without == {IndicatorId.communities, IndicatorId.linked_communities} | coverages


def test_the_parent_of_a_division_shares_the_beginning_of_its_code() -> None:
    codes = ["350802001001", "350802001", "350802", "350800", "3508", "35"]

    assert [parent_prefix(code) for code in codes] == ["350802001", "350802", "3508", "35", "35", ""]
