"""Values of indicators."""

from decimal import Decimal

from evaluation.domain.bulletin import bulletin
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId, YearCounts, evaluate, rate
from hypothesis import given
from hypothesis import strategies as st

ONE, OTHER = "350802001001", "350803001001"


def test_a_rate_of_nothing_is_none() -> None:
    for figure in (IndicatorId.registration_rate, IndicatorId.service_rate):
        value = evaluate(FIGURES[figure], [], 2017)

        assert (value.numerator, value.denominator, value.value) == (0, 0, None)


def test_the_published_city_comes_out_at_its_published_rates() -> None:
    counts = {"roster_lines": 37466, "registered_lines": 37455, "registered": 37455, "served_2017": 37436}
    counted = [YearCounts(ONE, 2017, counts)]

    assert evaluate(FIGURES[IndicatorId.registration_rate], counted, 2017).value == Decimal("99.97")
    assert evaluate(FIGURES[IndicatorId.service_rate], counted, 2017).value == Decimal("99.95")


def test_services_of_earlier_years_count_as_visits_but_not_in_the_service_rate() -> None:
    counted = [
        YearCounts(ONE, 2016, {"registered": 2, "served_2016": 2, "services": 5}),
        YearCounts(ONE, 2017, {"served_2017": 1, "services": 7}),
    ]

    assert evaluate(FIGURES[IndicatorId.person_visits], counted, 2017).numerator == 12
    assert evaluate(FIGURES[IndicatorId.service_rate], counted, 2017).value == Decimal("50.00")


def test_a_community_counts_once_and_only_while_somebody_is_registered_there() -> None:
    counted = [
        YearCounts(ONE, 2016, {"registered": 2}),
        YearCounts(ONE, 2017, {"registered": 3}),
        YearCounts(OTHER, 2017, {"posts": 3}),
    ]

    assert evaluate(FIGURES[IndicatorId.communities], counted, 2017).value == 1


def test_a_bulletin_has_every_figure_once_with_its_rule_in_both_languages() -> None:
    values = bulletin([], 2017)

    assert [value.indicator.id for value in values] == list(FIGURES)
    assert set(FIGURES) == set(IndicatorId)
    for figure in FIGURES.values():
        assert figure.rule.in_("zh")
        assert figure.rule.in_("en")
        assert (figure.residual is None) == (figure.denominator is None)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_rate_reaches_a_hundred_only_within_rounding(numerator: int, denominator: int) -> None:
    percent = rate(numerator, denominator)

    assert percent is not None
    assert abs(percent - Decimal(numerator) * 100 / denominator) <= Decimal("0.005")
