"""Division codes say their level and their parent."""

from datetime import date

import pytest
from registration.domain.divisions import (
    CommunityWithdrawn,
    Level,
    ancestors_of,
    check_community_code,
    lane_of,
    level_of,
    new_division,
    parent_of,
    parse_code,
)
from servicekit.domain import InvalidInput


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("350800", Level.CITY, None),
        ("350802", Level.COUNTY, "350800"),
        ("350802001", Level.SUBDISTRICT, "350802"),
        ("350802001001", Level.COMMUNITY, "350802001"),
        ("350802001001001", Level.COMPOUND, "350802001001"),
        ("350802001001001002", Level.BUILDING, "350802001001001"),
    ],
)
def test_a_code_says_its_level_and_its_parent(code: str, level: Level, parent: str | None) -> None:
    assert level_of(code) is level
    assert parent_of(code) == parent


@pytest.mark.parametrize(
    ("padded", "code"),
    [
        ("350800000000", "350800"),
        ("350802000000", "350802"),
        ("350802001000", "350802001"),
        ("350802001001", "350802001001"),
        (" 350802 ", "350802"),
    ],
)
def test_codes_padded_to_twelve_digits_are_shortened(padded: str, code: str) -> None:
    assert parse_code(padded) == code


@pytest.mark.parametrize("code", ["", "35080", "350802a", "350000", "3508020010010", "350802"])
def test_what_is_no_such_code_is_refused_with_its_path(code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_community_code(code, path="residence")

    assert refused.value.path == "residence"


def test_a_division_is_in_the_lane_of_its_county_and_the_city_in_its_own() -> None:
    assert lane_of("350802001001") == "350802"
    assert lane_of("350800") == "350800"
    assert ancestors_of("350802001") == ["350800", "350802", "350802001"]


def test_describing_a_division_as_it_is_changes_nothing() -> None:
    division = new_division("350802", "新罗区")
    division.take_facts()

    assert not division.describe("新罗区", None, None, date(2016, 1, 1))
    assert division.take_facts() == []
    assert division.describe("新罗", None, date(2016, 12, 31), date(2016, 1, 1))
    assert division.take_facts() == ["division-imported"]
    assert [division.name_on(date(2015, 12, 31)), division.name_on(date(2016, 1, 1))] == ["新罗区", "新罗"]


def test_a_withdrawn_community_takes_nobody_after_its_last_day() -> None:
    community = new_division("350802001001", "东兴社区", valid_until=date(2016, 12, 31))

    community.require_valid(date(2016, 12, 31), path="residence")
    with pytest.raises(CommunityWithdrawn):
        community.require_valid(date(2017, 1, 1), path="residence")
