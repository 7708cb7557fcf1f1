"""Figures at every level, as of any month: a rate's numerator is a part of its denominator, and the rest has names."""

from collections.abc import Iterable
from datetime import date

import pytest
from evaluation.domain.facts import Fact, Kind
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId, Residual, Value, evaluate
from evaluation.domain.months import AsOf
from evaluation.storage.explaining import Where, facts_of
from evaluation.storage.figures import counts_of_units, year_counts
from evaluation.storage.residuals import residual
from evaluation.use_cases.keep_facts import keep_facts
from hypothesis import HealthCheck, given, settings
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.facts import (
    COMMUNITY,
    END_OF_2017,
    OTHER_COMMUNITY,
    OTHER_UNIT,
    UNIT,
    claim,
    line,
    registration,
    service,
)
from tests.evaluation.integration.test_books import ASKED, clear
from tests.evaluation.stories import UNITS, histories, newest

LEVELS = ("35", "3508", "350802", "350802001", "350802001001", "350802001002", "350803", "350803001")
RATES = tuple(figure for figure in FIGURES.values() if figure.residual is not None)


def value(figure: IndicatorId, counted: Iterable[object], asked: AsOf = END_OF_2017) -> Value:
    return evaluate(FIGURES[figure], counted, asked.year)  # type: ignore[arg-type]


async def in_division(database: Database, figure: IndicatorId, prefix: str, asked: AsOf = END_OF_2017) -> Value:
    return value(figure, (await year_counts(database, [prefix], asked))[prefix], asked)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories((Kind.ROSTER_LINE, Kind.REGISTRATION, Kind.SERVICE), min_size=20))
async def test_the_residual_list_of_the_service_rate_has_exactly_those_missing_at_every_level_in_every_month(
    database: Database, commands: Commands, arrived: list[Fact]
) -> None:
    await clear(database)
    await commands.run(keep_facts, newest(arrived))
    figure = FIGURES[IndicatorId.service_rate]
    assert figure.residual is not None

    for asked in ASKED:
        counted = await year_counts(database, LEVELS, asked)
        for prefix in LEVELS:
            rate = evaluate(figure, counted[prefix], asked.year)
            missing = await residual(database, figure.residual, prefix, asked, units=None, first=100, after=None)
            assert rate.denominator is not None
            assert len(missing.items) == rate.denominator - rate.numerator
        for unit in UNITS:
            rate = evaluate(figure, await counts_of_units(database, [unit], asked), asked.year)
            missing = await residual(database, figure.residual, "", asked, units=[unit], first=100, after=None)
            assert rate.denominator is not None
            assert len(missing.items) == rate.denominator - rate.numerator


@pytest.mark.parametrize("prefix", ["3508", "350802", "350802001", "350803", "350803001"])
async def test_a_member_employed_here_and_registered_elsewhere_is_in_both_parts_of_the_rate_where_the_unit_sits(
    database: Database, commands: Commands, prefix: str
) -> None:
    away = registration("m2", OTHER_COMMUNITY)
    await commands.run(keep_facts, [line("m1"), line("m2"), line("m3"), registration("m1"), away])

    rate = await in_division(database, IndicatorId.registration_rate, prefix)

    assert (rate.numerator, rate.denominator) == ((2, 3) if prefix.startswith("350802") or prefix == "3508" else (0, 0))


async def test_a_community_where_no_unit_sits_has_no_registration_rate_but_registered_members(
    database: Database, commands: Commands
) -> None:
    await commands.run(keep_facts, [line("m1"), registration("m1")])

    assert (await in_division(database, IndicatorId.registration_rate, COMMUNITY)).value is None
    assert (await in_division(database, IndicatorId.registered_members, COMMUNITY)).value == 1


async def test_what_ends_on_the_last_day_of_a_month_counts_in_neither_figure_nor_list_of_that_month(
    database: Database, commands: Commands
) -> None:
    ended = date(2017, 3, 31)
    gone = line("m2", active=False, until=ended)
    await commands.run(keep_facts, [line("m1"), gone, registration("m1", status="ENDED", until=ended)])
    asked = AsOf(2017, "2017-03")

    rate = await in_division(database, IndicatorId.registration_rate, "350802", asked)
    page = await residual(database, Residual.NOT_REGISTERED, "350802", asked, units=None, first=20, after=None)

    assert (rate.numerator, rate.denominator) == (0, 1)
    assert [row["member"] for row in page.items] == ["m1"]


async def test_figures_of_an_earlier_month_are_those_of_that_month(database: Database, commands: Commands) -> None:
    gone = claim("c1", "m1", "POST", status="WITHDRAWN")
    ended = gone.model_copy(update={"on": date(2016, 11, 3), "until": date(2017, 5, 1)})
    left = line("m1", active=False, on=date(2016, 1, 1), until=date(2017, 3, 31))
    await commands.run(keep_facts, [ended, left, registration("m1", status="ENDED", until=date(2017, 4, 1))])

    counted = {}
    for month in ("2016-10", "2016-12", "2017-01", "2017-03", "2017-04", "2017-05", "2017-12"):
        asked = AsOf(2017, month)
        figures = (IndicatorId.post_claims, IndicatorId.active_roster_lines, IndicatorId.registered_members)
        counted[month] = [(await in_division(database, figure, "3508", asked)).numerator for figure in figures]

    assert counted == {
        "2016-10": [0, 1, 0],
        "2016-12": [1, 1, 0],
        "2017-01": [1, 1, 1],
        "2017-03": [1, 0, 1],
        "2017-04": [1, 0, 0],
        "2017-05": [0, 0, 0],
        "2017-12": [0, 0, 0],
    }


async def test_a_units_figures_are_those_of_its_members_wherever_they_are(
    database: Database, commands: Commands
) -> None:
    facts = [
        line("m1"),
        line("m2"),
        line("m3", OTHER_UNIT),
        registration("m1"),
        registration("m2", OTHER_COMMUNITY),
        registration("m3", unit=OTHER_UNIT),
        service("s1", "m1"),
        service("s2", "m1", OTHER_COMMUNITY),
        service("s3", "m3", unit=OTHER_UNIT),
    ]
    await commands.run(keep_facts, facts)

    counted = await counts_of_units(database, [UNIT], END_OF_2017)
    both = await counts_of_units(database, [UNIT, OTHER_UNIT], END_OF_2017)

    rates = [value(IndicatorId.registration_rate, counted), value(IndicatorId.service_rate, counted)]
    assert [(rate.numerator, rate.denominator) for rate in rates] == [(2, 2), (1, 2)]
    assert value(IndicatorId.person_visits, counted).value == 2
    assert value(IndicatorId.service_rate, both).denominator == 3


async def test_a_figure_is_explained_by_exactly_the_facts_that_count_then(
    database: Database, commands: Commands
) -> None:
    ended = claim("c1", "m1", "POST", status="WITHDRAWN")
    ended = ended.model_copy(update={"until": date(2017, 5, 1)})
    await commands.run(keep_facts, [ended, claim("c2", "m1", "POST"), line("m1"), registration("m1", OTHER_COMMUNITY)])

    async def facts(figure: IndicatorId, prefix: str, month: str) -> list[str]:
        measure = FIGURES[figure].numerator
        page = await facts_of(database, measure, Where(AsOf(2017, month), prefix), first=20, after=None)
        return [row["id"] for row in page.items]

    assert await facts(IndicatorId.post_claims, "350802", "2017-04") == ["c1", "c2"]
    assert await facts(IndicatorId.post_claims, "350802", "2017-05") == ["c2"]
    assert await facts(IndicatorId.registration_rate, "350802", "2017-05") == ["r-m1"]
    assert await facts(IndicatorId.registered_members, "350802", "2017-05") == []


async def test_what_was_taken_over_is_listed_where_it_counted_then(database: Database, commands: Commands) -> None:
    """In June another community, of another county, takes over two services; a third was always there."""
    stay = {"division": COMMUNITY, "until": date(2017, 6, 1)}
    moved = [service(f"s{number}", "m1", OTHER_COMMUNITY) for number in (1, 2)]
    taken_over = [Fact.model_validate(one.model_dump() | {"earlier": [stay]}) for one in moved]
    await commands.run(keep_facts, [*taken_over, service("s0", "m1", OTHER_COMMUNITY), service("s9", "m2")])
    figure = FIGURES[IndicatorId.person_visits]

    for month in ("2017-04", "2017-05", "2017-06", "2017-12"):
        for prefix in ("3508", "350802", COMMUNITY, "350803", OTHER_COMMUNITY):
            asked = AsOf(2017, month)
            value = await in_division(database, IndicatorId.person_visits, prefix, asked)
            listed: list[str] = []
            after = None
            while len(listed) < 9:
                page = await facts_of(database, figure.numerator, Where(asked, prefix), first=1, after=after)
                listed += [row["id"] for row in page.items]
                after = page.end_cursor
                if not page.has_next:
                    break
            before = month < "2017-06"
            expected = {
                "3508": ["s9", "s0", "s1", "s2"],
                "350802": ["s9", "s1", "s2"] if before else ["s9"],
                "350803": ["s0"] if before else ["s0", "s1", "s2"],
            }[prefix[:6]]
            assert (listed, value.numerator) == (expected, len(expected)), (month, prefix)
