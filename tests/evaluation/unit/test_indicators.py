"""Values of indicators."""

from datetime import date
from decimal import Decimal

import pytest
from evaluation.domain.books import recount
from evaluation.domain.bulletin import bulletin
from evaluation.domain.contributions import EVERY_UNIT
from evaluation.domain.facts import Fact, Kind
from evaluation.domain.figures import BULLETIN, FIGURES
from evaluation.domain.indicators import Basis, Indicator, IndicatorId, Measure, YearCounts, evaluate, measure, rate
from evaluation.domain.spans import OF_UNITS, spans
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluation.facts import claim, offer, service
from tests.evaluation.stories import facts

ONE, OTHER, THIRD = "350802001001", "350803001001", "350803001002"


def test_a_rate_of_nothing_is_none() -> None:
    rates = [figure for figure in FIGURES.values() if figure.denominator]
    assert len(rates) == 9
    for figure in rates:
        value = evaluate(figure, [], 2017)

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


def test_a_service_is_of_the_year_in_which_it_was_served_though_another_community_took_it_over_later() -> None:
    """One of 2016 goes over in 2017 and again in 2018, one of 2017 goes over in 2017."""
    stays = [{"division": ONE, "until": date(2017, 6, 1)}, {"division": OTHER, "until": date(2018, 2, 1)}]
    of_2016 = service("s1", "m1", THIRD, on=date(2016, 5, 5)).model_dump() | {"earlier": stays}
    of_2017 = service("s2", "m1", OTHER, on=date(2017, 5, 5)).model_dump() | {"earlier": stays[:1]}
    cells = recount([Fact.model_validate(of_2016), Fact.model_validate(of_2017)]).cells
    rows = [YearCounts(key.division, int(key.period), cells[key]) for key in cells if key.unit == EVERY_UNIT]

    def in_year(counter: str, place: str, year: int) -> int:
        there = [row for row in rows if row.division == place]
        return measure(Measure(counter, Basis.IN_YEAR), there, year)

    served = {place: [in_year("services", place, year) for year in (2016, 2017, 2018)] for place in (ONE, OTHER, THIRD)}
    assert served == {ONE: [1, 0, 0], OTHER: [0, 1, 0], THIRD: [0, 0, 0]}
    assert [in_year("hours", OTHER, year) for year in (2016, 2017, 2018)] == [0, 150, 0]


def test_a_community_counts_once_and_only_while_somebody_is_registered_there() -> None:
    counted = [
        YearCounts(ONE, 2016, {"registered": 2}),
        YearCounts(ONE, 2017, {"registered": 3}),
        YearCounts(OTHER, 2017, {"posts": 3}),
    ]

    assert evaluate(FIGURES[IndicatorId.communities], counted, 2017).value == 1


def test_a_bulletin_has_every_figure_once_with_its_rule_in_both_languages() -> None:
    values = bulletin([], 2017)

    assert tuple(value.indicator.id for value in values) == BULLETIN
    assert set(FIGURES) == set(IndicatorId)
    for figure in FIGURES.values():
        assert figure.rule.in_("zh")
        assert figure.rule.in_("en")


def test_every_rate_has_a_residual_list_and_nothing_else_has() -> None:
    for figure in FIGURES.values():
        assert (figure.residual is not None) == (figure.denominator is not None), figure.id


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_rate_reaches_a_hundred_only_within_rounding(numerator: int, denominator: int) -> None:
    percent = rate(numerator, denominator)

    assert percent is not None
    assert abs(percent - Decimal(numerator) * 100 / denominator) <= Decimal("0.005")


def counted_from(*facts: Fact) -> list[YearCounts]:
    """The yearly counts of all units, as the cells have them."""
    cells = recount(facts).cells
    return [
        YearCounts(key.division, int(key.period), counts) for key, counts in cells.items() if key.unit == EVERY_UNIT
    ]


def of_facts(id: IndicatorId, *facts: Fact) -> tuple[int, int | None, Decimal | None]:
    value = evaluate(FIGURES[id], counted_from(*facts), 2017)
    return value.numerator, value.denominator, value.value


def fact(kind: Kind, id: str, division: str = ONE, **fields: object) -> Fact:
    given = {"version": 1, "on": date(2017, 1, 1), "lane": division[:6], "status": "ACTIVE"}
    return Fact.model_validate({**given, **fields, "id": id, "kind": kind, "division": division})


def test_wishes_needs_and_projects_are_measured_against_what_was_asked_for() -> None:
    wishes = [offer("w1", "WISH"), offer("w2", "WISH"), offer("w3", "WISH"), claim("c1", "m1", kind="WISH")]
    needs = [offer("p1", "PAIRING"), claim("c2", "m1", kind="PAIRING")]
    projects = [fact(Kind.PROJECT, f"j{n}", status=status) for n, status in enumerate(("STARTED", "COMPLETED"))]

    assert of_facts(IndicatorId.wish_fulfilment, *wishes) == (1, 3, Decimal("33.33"))
    assert of_facts(IndicatorId.pairing_coverage, *needs) == (1, 1, Decimal(100))
    assert of_facts(IndicatorId.projects_done, *projects) == (1, 2, Decimal(50))


def test_a_coverage_counts_communities_whose_code_is_valid_each_once() -> None:
    places = [
        fact(Kind.DIVISION, ONE, status="COMMUNITY"),
        fact(Kind.DIVISION, OTHER, OTHER, status="COMMUNITY"),
        fact(Kind.DIVISION, "350802", "350802", status="COUNTY"),
        fact(Kind.DIVISION, "350803001002", "350803001002", status="COMMUNITY", until=date(2017, 6, 1)),
    ]
    links = [fact(Kind.LEADER_LINK, f"l{n}") for n in range(3)]
    gone = fact(Kind.LEADER_LINK, "l4", "350803001002")
    agreement, grid = fact(Kind.AGREEMENT, "a1"), fact(Kind.GRID, "g1", OTHER)

    assert of_facts(IndicatorId.leader_coverage, *places, *links, gone) == (1, 2, Decimal(50))
    assert of_facts(IndicatorId.agreement_coverage, *places, agreement) == (1, 2, Decimal(50))
    assert of_facts(IndicatorId.branch_coverage, *places, grid) == (1, 2, Decimal(50))


@given(facts())
def test_a_counter_is_of_units_where_its_facts_say_of_which_unit_they_are(fact: Fact) -> None:
    personal = (Kind.ROSTER_LINE, Kind.REGISTRATION, Kind.CLAIM, Kind.SERVICE)
    of_units = (*personal, Kind.UNIT, Kind.AGREEMENT, Kind.PROJECT)

    assert all((span.counter in OF_UNITS) == (fact.kind in of_units) for span in spans(fact))


def confirmed(id: str, day: date | None) -> Fact:
    days = {"confirmed": day} if day else {}
    return service(id, "m1", on=date(2017, 3, 5)).model_copy(update={"days": days})


def test_a_confirmation_is_in_time_within_seven_days_and_counts_where_its_day_is_known() -> None:
    served = [
        confirmed("s1", date(2017, 3, 5)),
        confirmed("s2", date(2017, 3, 12)),
        confirmed("s3", date(2017, 3, 13)),
        confirmed("s4", None),
        confirmed("s5", date(2017, 3, 6)).model_copy(update={"status": "REJECTED"}),
    ]

    assert of_facts(IndicatorId.confirmed_in_time, *served) == (2, 3, Decimal("66.67"))
    assert of_facts(IndicatorId.confirmed_in_time, confirmed("s4", None)) == (0, 0, None)


def test_hours_are_told_in_hours_and_each_vanguard_by_itself() -> None:
    served = [service("s1", "m1"), service("s2", "m2"), service("s3", "m1", status="REJECTED")]

    assert of_facts(IndicatorId.service_hours, *served) == (300, None, Decimal(3))
    assert of_facts(IndicatorId.mediation_services, *served) == (2, None, Decimal(2))
    assert of_facts(IndicatorId.volunteering_services, *served) == (0, None, Decimal(0))


def test_a_confirmation_at_the_end_of_all_days_is_counted() -> None:
    """A fact from the far future is no reason to stop reading those that follow it."""
    last = service("s1", "m1", on=date.max).model_copy(update={"days": {"confirmed": date.max}})

    assert {span.counter for span in spans(last)} >= {"confirmations", "timely_confirmations"}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda one: one.id.value)
def test_of_units_what_only_places_have_is_none_and_never_zero(figure: Indicator) -> None:
    assert (evaluate(figure, [], 2017, of_units=True).value is None) == (
        not figure.of_units or figure.denominator is not None
    )
