"""Values that a subgraph answers are what the schema allows, or null with an error."""

from typing import Any

import pytest
from gateway.executor.errors import AnswerErrors
from gateway.executor.project import compile_projection
from gateway.planner.fetches import Reading
from graphql import build_schema

FULL = build_schema("""
scalar Json
enum Level { CITY STREET HIDDEN }
type Query {
  string: String id: ID int: Int float: Float boolean: Boolean level: Level json: Json
  strings: [String!] ints: [Int] grid: [[ID!]!]
}
""")
SHOWN = build_schema("""
scalar Json
enum Level { CITY STREET }
type Query {
  string: String id: ID int: Int float: Float boolean: Boolean level: Level json: Json
  strings: [String!] ints: [Int] grid: [[ID!]!]
}
""")
DEEP: Any = {"a": [{"b": [1, "x", None, True]}]}


def projected(field: str, value: Any) -> tuple[Any, list[Any]]:
    errors = AnswerErrors(())
    projection = compile_projection(SHOWN, FULL, "Query", (Reading(field, field, field, None),))
    found = projection.complete({field: value}, errors)
    assert found is not None
    return found[field], [(error["path"], error["extensions"]["code"]) for error in errors.found]  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("string", "x", "x"),
        ("string", "\u0000", "\u0000"),
        ("id", "7", "7"),
        ("id", 7, "7"),
        ("int", 2**31 - 1, 2**31 - 1),
        ("int", -(2**31), -(2**31)),
        ("int", 3.0, 3),
        ("float", 1, 1),
        ("float", 1.5, 1.5),
        ("boolean", False, False),
        ("level", "CITY", "CITY"),
        ("json", DEEP, DEEP),
        ("strings", ["a", "b"], ["a", "b"]),
        ("ints", [1, None, 2], [1, None, 2]),
        ("grid", [["a"], [7]], [["a"], ["7"]]),
    ],
)
def test_what_the_schema_allows_is_passed_on(field: str, value: Any, expected: Any) -> None:
    assert projected(field, value) == (expected, [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("string", 7),
        ("string", {"secret": "x"}),
        ("id", 1.5),
        ("id", True),
        ("int", "7"),
        ("int", 2**31),
        ("int", -(2**31) - 1),
        ("int", 1.5),
        ("int", True),
        ("int", [1]),
        ("float", "1.5"),
        ("float", True),
        ("boolean", 1),
        ("boolean", "true"),
        ("level", "NOWHERE"),
        ("level", 1),
        ("strings", "a"),
        ("strings", {"0": "a"}),
    ],
)
def test_what_it_does_not_allow_is_null_with_an_error(field: str, value: Any) -> None:
    assert projected(field, value) == (None, [([field], "UNFIT_VALUE")])


def test_one_unfit_item_is_null_where_items_may_be_and_the_list_where_not() -> None:
    assert projected("ints", [1, "x", 2]) == ([1, None, 2], [(["ints", 1], "UNFIT_VALUE")])
    assert projected("strings", ["a", 7]) == (None, [(["strings", 1], "UNFIT_VALUE")])
    assert projected("grid", [["a"], ["b", {}]]) == (None, [(["grid", 1, 1], "UNFIT_VALUE")])


def test_a_hidden_value_is_null_without_a_word() -> None:
    assert projected("level", "HIDDEN") == (None, [])
