"""What follows from a member's counts."""

from evaluation.domain.contributions import CellKey, StandingKey
from evaluation.domain.standings import Place, Standing, stars, year_of_service
from hypothesis import given
from hypothesis import strategies as st

HOME = StandingKey("350802", "m1")
AWAY = StandingKey("350803", "m1")


def test_two_confirmed_services_count_as_served_at_the_place_of_registration() -> None:
    standing = Standing(HOME, {"registration/350802001001/u1": 1, "year/2017/services": 2, "year/2016/services": 1})

    assert standing.registrations == [Place("350802001001", "u1")]
    assert standing.served == [2017]
    assert standing.contribution() == {
        CellKey("350802", "350802001001", "u1", "2017"): {"served": 1},
        CellKey("350802", "350802001001", "*", "2017"): {"served": 1},
    }


def test_services_without_a_registration_are_partial_and_count_as_served_nowhere() -> None:
    standing = Standing(AWAY, {"year/2017/services": 3})

    assert standing.contribution() == {}
    assert standing.partial == [2017]


def test_services_at_home_are_settled_there_alone() -> None:
    standing = Standing(HOME, {"registration/350802001001/u1": 1, "year/2017/services": 1})

    assert standing.partial == []
    assert standing.contribution() == {}


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
