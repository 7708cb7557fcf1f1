"""What follows from a member's counts."""

from datetime import date

from evaluation.domain.contributions import CellKey, StandingKey
from evaluation.domain.months import AsOf
from evaluation.domain.standings import Held, Standing, served_across, stars, year_of_service
from hypothesis import given
from hypothesis import strategies as st

HOME = StandingKey("350802", "m1")
AWAY = StandingKey("350803", "m1")


OPEN = "9999-12-31"


def months(**services: int) -> dict[str, int]:
    return {f"month/{name[1:5]}-{name[5:]}": count for name, count in services.items()}


def registered(division: str = "350802001001", since: str = "2016-05-01", until: str = OPEN) -> dict[str, int]:
    return {f"registration/{division}/u1/{since}/{until}": 1}


def served_cells(standing: Standing) -> dict[str, dict[str, int]]:
    return {key.period: counts for key, counts in standing.contribution().items() if key.unit == "*m"}


def test_whoever_is_registered_counts_as_served_from_the_month_of_the_second_service() -> None:
    standing = Standing(HOME, registered() | months(m201702=1, m201704=1, m201705=7, m201612=1))

    assert standing.registrations == [Held("350802001001", "u1", date(2016, 5, 1))]
    assert standing.reached == {2017: "2017-04"}
    assert standing.contribution() == {
        CellKey("350802", "350802001001", "u1", "2017-04"): {"served_2017": 1},
        CellKey("350802", "350802001001", "*m", "2017-04"): {"served_2017": 1},
        CellKey("350802", "350802001001", "*", "2017"): {"served_2017": 1},
    }


def test_who_registers_after_serving_counts_from_the_registration_and_until_its_end() -> None:
    standing = Standing(HOME, registered(since="2017-06-01", until="2018-02-01") | months(m201702=2))

    assert served_cells(standing) == {"2017-06": {"served_2017": 1}, "2018-02": {"served_2017": -1}}


def test_a_registration_that_ended_before_the_second_service_never_counts_as_served() -> None:
    standing = Standing(HOME, registered(until="2017-03-01") | months(m201703=2))

    assert standing.contribution() == {}


def test_services_without_a_registration_are_partial_and_count_as_served_nowhere() -> None:
    standing = Standing(AWAY, months(m201701=3))

    assert standing.contribution() == {}
    assert standing.partial == [2017]


def test_services_at_home_are_settled_there_alone() -> None:
    standing = Standing(HOME, registered() | months(m201701=1))

    assert standing.partial == []
    assert standing.contribution() == {}


def test_services_in_two_lanes_reach_the_minimum_together_where_the_member_is_registered() -> None:
    home = Standing(HOME, registered() | months(m201701=1))
    away = Standing(AWAY, months(m201703=1))

    assert served_across([home, away], AsOf(2017, "2017-02")) == []
    assert served_across([home, away], AsOf(2017, "2017-03")) == home.registrations
    assert served_across([home, away], AsOf(2018, "2018-03")) == []


def test_a_members_year_is_the_sum_over_lanes() -> None:
    home = Standing(HOME, {"year/2017/services": 1, "year/2017/hours": 150, "year/2017/vanguard/MEDIATION": 1})
    away = Standing(AWAY, {"year/2017/services": 2, "year/2017/hours": 350, "year/2017/vanguard/MEDIATION": 2})

    year = year_of_service([home, away], 2017)

    assert (year.services, year.hours, year.vanguards) == (3, 500, {"MEDIATION": 3})


def test_stars_come_from_all_hours_up_to_the_end_of_the_year() -> None:
    standing = Standing(HOME, {"year/2016/hours": 29900, "year/2017/hours": 100, "year/2018/hours": 100000})

    assert year_of_service([standing], 2016).stars == 1
    assert year_of_service([standing], 2017).stars == 2
    assert year_of_service([standing], 2018).stars == 4


@given(st.integers(0, 300_000))
def test_more_hours_never_take_a_star_away(hours: int) -> None:
    assert 0 <= stars(hours) <= stars(hours + 1) <= 5
