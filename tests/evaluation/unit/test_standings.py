"""What follows from a member's counts."""

from datetime import date

from evaluation.domain.contributions import EVERY_LANE, CellKey, Counts
from evaluation.domain.standings import Held, Standing, stars, year_of_service
from hypothesis import given
from hypothesis import strategies as st

HERE, AWAY = "350802", "350803"
COMMUNITY = "350802001001"
OPEN = "9999-12-31"


def months(**services: int) -> Counts:
    return {f"month/{name[1:5]}-{name[5:]}": count for name, count in services.items()}


def registered(since: str = "2016-05-01", until: str = OPEN) -> Counts:
    return {f"registration/{COMMUNITY}/u1/{since}/{until}": 1}


def standing(here: Counts, away: Counts | None = None) -> Standing:
    return Standing("m1", {HERE: here} | ({AWAY: away} if away else {}))


def served_cells(standing: Standing, lane: str = HERE) -> dict[str, Counts]:
    return {
        key.period: counts
        for key, counts in standing.contribution().items()
        if (key.lane, key.division, key.unit) == (lane, COMMUNITY, "*m")
    }


def test_whoever_is_registered_counts_as_served_from_the_month_of_the_second_service() -> None:
    given = standing(registered() | months(m201702=1, m201704=1, m201705=7, m201612=1))

    assert given.registrations == [Held(COMMUNITY, "u1", date(2016, 5, 1))]
    assert given.reached == {2017: "2017-04"}
    assert given.contribution() == {
        CellKey(HERE, COMMUNITY, "u1", "2017-04"): {"served_2017": 1},
        CellKey(HERE, COMMUNITY, "*m", "2017-04"): {"served_2017": 1},
        CellKey(HERE, COMMUNITY, "*", "2017"): {"served_2017": 1},
    }


def test_who_registers_after_serving_counts_from_the_registration_and_until_its_end() -> None:
    given = standing(registered(since="2017-06-01", until="2018-02-01") | months(m201702=2))

    assert served_cells(given) == {"2017-06": {"served_2017": 1}, "2018-02": {"served_2017": -1}}


def test_a_registration_that_ended_before_the_second_service_never_counts_as_served() -> None:
    assert standing(registered(until="2017-03-01") | months(m201703=2)).contribution() == {}


def test_services_without_a_registration_count_as_served_nowhere() -> None:
    assert standing(months(m201701=3)).contribution() == {}


def test_services_in_two_lanes_reach_the_minimum_together_in_the_cells_of_every_lane() -> None:
    given = standing(registered() | months(m201701=1), months(m201703=1))

    assert given.reached == {2017: "2017-03"}
    assert served_cells(given) == {}
    assert served_cells(given, EVERY_LANE) == {"2017-03": {"served_2017": 1}}


def test_services_elsewhere_bring_forward_the_month_in_which_those_here_reach_the_minimum() -> None:
    given = standing(registered() | months(m201701=1, m201706=1), months(m201703=1))

    assert served_cells(given) == {"2017-06": {"served_2017": 1}}
    assert served_cells(given, EVERY_LANE) == {"2017-03": {"served_2017": 1}, "2017-06": {"served_2017": -1}}


def test_enough_services_elsewhere_count_where_the_member_is_registered() -> None:
    given = standing(registered(since="2017-05-01", until="2017-09-01"), months(m201701=2))

    assert served_cells(given, EVERY_LANE) == {"2017-05": {"served_2017": 1}, "2017-09": {"served_2017": -1}}


def test_a_share_that_says_nothing_any_more_is_gone() -> None:
    given = standing(registered(), months(m201701=1))

    given.add(AWAY, months(m201701=1), -1)

    assert given == standing(registered())


def test_a_members_year_is_the_sum_over_lanes() -> None:
    here = {"year/2017/services": 1, "year/2017/hours": 150, "year/2017/vanguard/MEDIATION": 1}
    away = {"year/2017/services": 2, "year/2017/hours": 350, "year/2017/vanguard/MEDIATION": 2}

    year = year_of_service(standing(here, away), 2017)

    assert (year.services, year.hours, year.vanguards) == (3, 500, {"MEDIATION": 3})


def test_stars_come_from_all_hours_up_to_the_end_of_the_year() -> None:
    given = standing({"year/2016/hours": 29900, "year/2017/hours": 100, "year/2018/hours": 100000})

    assert [year_of_service(given, year).stars for year in (2016, 2017, 2018)] == [1, 2, 4]


@given(st.integers(0, 300_000))
def test_more_hours_never_take_a_star_away(hours: int) -> None:
    assert 0 <= stars(hours) <= stars(hours + 1) <= 5
