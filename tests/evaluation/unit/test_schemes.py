"""Schemes weigh indicators; scores follow from values and can be explained."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from evaluation.domain.indicators import IndicatorId, YearCounts
from evaluation.domain.schemes import (
    Item,
    Level,
    Scheme,
    SchemeAlreadyPublished,
    WeightsDoNotSum,
    check_items,
    check_line,
    score,
)
from hypothesis import given
from hypothesis import strategies as st
from servicekit.domain import InvalidInput


def item(indicator: str, weight: str, target: str = "100", floor: str = "0") -> Item:
    return Item(indicator=IndicatorId[indicator], weight=Decimal(weight), target=Decimal(target), floor=Decimal(floor))


def counted(**counts: int) -> list[YearCounts]:
    return [YearCounts("350802001001", 2017, counts)]


RATE = item("registration_rate", "60", target="100", floor="90")
POSTS = item("posts", "40", target="20")


def test_an_item_scores_the_way_from_its_floor_to_its_target() -> None:
    scored = score([RATE, POSTS], counted(registered_lines=95, roster_lines=100, posts=30), 2017)

    assert [(one.attained, one.points) for one in scored.items] == [(Decimal("0.5"), 30), (1, 40)]
    assert (scored.points, scored.out_of, scored.total) == (70, 100, 70)


def test_what_has_no_value_is_neither_attained_nor_missed() -> None:
    scored = score([RATE, POSTS], counted(posts=10), 2017)

    assert (scored.items[0].value.value, scored.items[0].points) == (None, None)
    assert (scored.points, scored.out_of, scored.total) == (20, 40, 50)


def test_a_score_of_nothing_is_none() -> None:
    assert score([RATE], [], 2017).total is None


@given(st.integers(0, 200), st.integers(0, 100), st.integers(0, 200), st.integers(0, 50))
def test_a_score_lies_between_0_and_100_and_never_falls_with_a_better_value(
    registered: int, lines: int, posts: int, more: int
) -> None:
    now = counted(registered_lines=registered, roster_lines=lines, posts=posts)
    then = counted(registered_lines=registered + more, roster_lines=lines, posts=posts + more)
    scored, better = (score([RATE, POSTS], counts, 2017) for counts in (now, then))

    assert scored.total is not None
    assert better.total is not None
    assert 0 <= scored.total <= better.total <= 100


def test_weights_that_do_not_sum_are_refused_with_their_sum() -> None:
    with pytest.raises(WeightsDoNotSum) as refusal:
        check_items([RATE, item("posts", "39.99")], Level.COMMUNITY)

    assert refusal.value.sum == Decimal("99.99")  # type: ignore[attr-defined]
    assert "99.99" in refusal.value.message("zh")


@pytest.mark.parametrize(
    ("items", "path"),
    [
        ([RATE, RATE], "input.items.1.indicator"),
        ([item("communities", "100")], "input.items.0.indicator"),
        ([item("posts", "-1")], "input.items.0.weight"),
        ([item("posts", "0"), item("grid_branches", "100")], "input.items.0.weight"),
        ([item("posts", "100", target="10", floor="10")], "input.items.0.floor"),
        ([item("posts", "100", target="10", floor="-1")], "input.items.0.floor"),
    ],
)
def test_an_item_that_can_not_be_scored_is_refused_at_its_field(items: list[Item], path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_items(items, Level.COMMUNITY)

    assert refusal.value.path == path


@pytest.mark.parametrize("level", [Level.UNIT, Level.LINE])
@pytest.mark.parametrize("indicator", ["posts", "wish_fulfilment", "leader_coverage"])
def test_units_and_lines_are_not_scored_by_what_only_places_have(level: Level, indicator: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_items([item("service_rate", "50"), item(indicator, "50")], level)

    assert refusal.value.path == "input.items.1.indicator"


def test_only_units_and_lines_have_schemes_of_a_line() -> None:
    check_line(Level.UNIT, "education")
    check_line(Level.COUNTY, None)

    with pytest.raises(InvalidInput) as refusal:
        check_line(Level.COUNTY, "education")

    assert refusal.value.path == "input.line"


def test_a_scheme_without_items_is_refused() -> None:
    with pytest.raises(WeightsDoNotSum):
        check_items([], Level.COMMUNITY)


def test_a_published_scheme_is_not_published_again() -> None:
    scheme = Scheme(
        id="s1",
        lane="350802",
        division="350802",
        level=Level.COMMUNITY,
        name="2017",
        starts_on=date(2017, 1, 1),
        ends_on=date(2017, 12, 31),
        items=[RATE],
        drafted_by="a",
        drafted_at=datetime(2017, 1, 1, tzinfo=UTC),
    )
    scheme.publish(2, datetime(2017, 1, 2, tzinfo=UTC), "b")

    with pytest.raises(SchemeAlreadyPublished):
        scheme.publish(3, datetime(2017, 1, 3, tzinfo=UTC), "b")

    assert scheme.take_facts() == ["scheme-published"]
    assert scheme.snapshot().edition == 2
