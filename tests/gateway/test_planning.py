"""Planning costs what an operation's size says, and is given up where a short operation has places without number."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from gateway.refusals import Refused

from tests.gateway.support import House


def many_friends(number: int) -> str:
    """Each with entries, requirements and objects of its own."""
    fields = " ".join(f"a{n}: friends {{ standing claims(first: 1) {{ mark }} }}" for n in range(number))
    return f"{{ members {{ {fields} }} }}"


def offers_within_offers(levels: int, leaf: str = "id", told_apart: str = "") -> str:
    """As many places on each level as on all above it, if its two types are told apart."""
    inner = leaf
    for _ in range(levels):
        inner = f"offer {{ id {told_apart} community {{ members(first: 1) {{ claims(first: 1) {{ id {inner} }} }} }} }}"
    return f'{{ claim(id: "k1") {{ {inner} }} }}'


def calls_to_plan(query: str) -> int:
    """Calls of functions until the plan is there: unlike seconds they are the same on every machine."""
    house = House()
    prepared = house.prepare(query)
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        house.engine.plan(prepared)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(("operation", "size"), [(many_friends, 60), (offers_within_offers, 3)])
def test_planning_costs_as_much_more_as_the_operation_is_larger(operation: Callable[[int], str], size: int) -> None:
    small, large = calls_to_plan(operation(size)), calls_to_plan(operation(2 * size))

    assert large < 2.5 * small


APART = "... on Post { seats } ... on Wish { few: seats }"


def test_an_operation_of_places_without_number_is_refused() -> None:
    wide = " ".join(f"a{n}: hours" for n in range(240))

    with pytest.raises(Refused) as refused:
        House().plan(offers_within_offers(7, wide, APART))

    assert refused.value.code == "PLAN_LIMIT"


async def test_what_is_asked_alike_of_types_told_apart_is_asked_once() -> None:
    house, query = House(), offers_within_offers(2, "hours", APART)

    assert house.plan(query).count("hours") == 1
    assert await house.data(query) == house.monolith().run(query, {}).data
