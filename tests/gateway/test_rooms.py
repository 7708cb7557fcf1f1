"""Each room by itself: merging, finding objects, representations, projecting, caching, composing file addresses."""

import json
from typing import Any

import pytest
from gateway.cache import Cache
from gateway.executor.errors import AnswerErrors, client_path
from gateway.executor.merge import merge
from gateway.executor.objects import locations_of, objects_at
from gateway.executor.project import compile_projection
from gateway.executor.representations import batch_of
from gateway.http import encoded
from gateway.metrics import BoundedNames
from gateway.planner.fetches import Reading, Segment
from gateway.planner.plan import Part
from gateway.settings import Settings
from graphql import build_schema

PATH = (Segment("members", None), Segment("unit", None))


def part(**changes: Any) -> Part:
    given: dict[str, Any] = {
        "alias": "_entities",
        "variable": "representations",
        "path": PATH,
        "types": None,
        "type_name": "Unit",
        "read_typename": False,
        "readings": (Reading("id", "id", "id", None),),
        "keys": frozenset(("id",)),
        "owes": ("name",),
    }
    return Part(**{**given, **changes})


def test_merging_goes_deep_and_a_value_beats_a_null() -> None:
    target: Any = {"a": {"x": 1, "y": None}, "list": [{"p": 1}, None, [{"q": 1}]]}

    merge(target, {"a": {"y": 2, "z": 3}, "list": [{"r": 2}, {"late": 1}, [{"s": 2}]], "b": 4})

    assert target == {"a": {"x": 1, "y": 2, "z": 3}, "list": [{"p": 1, "r": 2}, None, [{"q": 1, "s": 2}]], "b": 4}


def test_objects_are_found_through_lists_and_told_apart_by_type() -> None:
    data: Any = {
        "members": [{"unit": {"__typename": "A"}}, {"unit": None}, {"unit": [{"__typename": "B"}, {"other": 1}]}]
    }

    assert objects_at(data, PATH, frozenset(("B",))) == [{"__typename": "B"}, {"other": 1}]
    assert locations_of(data, PATH, frozenset(("B",))) == [("members", 2, "unit", 0), ("members", 2, "unit", 1)]


def test_equal_representations_are_one_and_incomplete_ones_none() -> None:
    data: Any = {"members": [{"unit": {"id": "u1"}}, {"unit": {"id": "u1"}}, {"unit": {"id": None}}, {"unit": {}}]}

    batch = batch_of(data, part())

    assert batch.representations == [b'{"__typename":"Unit","id":"u1"}']
    assert batch.positions == [[0, 1]]


def test_a_requirement_may_be_null_but_not_missing() -> None:
    readings = (Reading("id", "id", "id", None), Reading("size", "size", "size__2", None))
    data: Any = {"members": [{"unit": {"id": "u1", "size__2": None}}, {"unit": {"id": "u2"}}]}

    assert batch_of(data, part(readings=readings)).representations == [b'{"__typename":"Unit","id":"u1","size":null}']


def test_stored_keys_leave_as_response_keys() -> None:
    inner = (Reading("title", "name", "name__2", None),)
    readings = (Reading("people", "members", "members", ((None, inner),)),)

    assert client_path(readings, ("members", 3, "name__2")) == ("people", 3, "title")
    assert client_path(readings, ("members", 3, "hidden", "x")) == ("people", 3)


@pytest.mark.parametrize(
    ("items", "expected", "path"),
    [([1, None], {"maybe": None}, ["maybe", 1]), ([1, 2], {"maybe": [1, 2]}, None), (None, {"maybe": None}, None)],
)
def test_a_null_item_of_a_non_null_list_nulls_the_list(items: Any, expected: Any, path: Any) -> None:
    schema = build_schema("type Query { maybe: [Int!] }")
    errors = AnswerErrors(())
    projection = compile_projection(schema, schema, "Query", (Reading("maybe", "maybe", "maybe", None),))

    assert projection.complete({"maybe": items}, errors) == expected
    assert [error["path"] for error in errors.found] == ([path] if path else [])


def test_a_cache_forgets_what_was_used_least_recently() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1

    cache.put("c", 3)

    assert (cache.get("a"), cache.get("b"), cache.get("c"), len(cache)) == (1, None, 3, 2)


def test_only_so_many_names_become_labels_and_none_is_long() -> None:
    names = BoundedNames(2)

    assert [names.label(name) for name in ("a", "b" * 10_000, "c", "a")] == ["a", "b" * 100, "other", "a"]


def test_an_error_explains_the_nulls_at_above_and_below_its_place() -> None:
    errors = AnswerErrors(())
    errors.add("x", ("a", 1, "b"), {})

    explained = [("a",), ("a", 1), ("a", 1, "b"), ("a", 1, "b", 2)]
    assert [errors.explains(path) for path in explained] == [True] * 4
    assert [errors.explains(path) for path in [("a", 0), ("a", 1, "c"), ("b",), ()]] == [False] * 4


def test_an_answer_too_deep_to_be_written_is_one_error() -> None:
    deep: Any = []
    for _ in range(1_000):
        deep = [deep]
    answer = {"data": {"json": deep}}

    alone = json.loads(encoded(answer))
    message = json.loads(encoded({"id": "1", "type": "next", "payload": answer}))

    assert (alone["data"], alone["errors"][0]["extensions"]["code"]) == (None, "UNFIT_VALUE")
    assert message == {"id": "1", "type": "next", "payload": alone}


def test_an_address_of_its_own_goes_before_the_list_and_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIJIA_SUBGRAPH_SERVICE_TRACKING_URL", "http://own")
    monkeypatch.setenv("HUIJIA_SUBGRAPH_URLS", '{"service-tracking": "http://list", "evaluation": "http://list"}')
    settings = Settings()

    assert settings.url_of("service-tracking", "http://file") == "http://own"
    assert settings.url_of("evaluation", "http://file") == "http://list"
    assert settings.url_of("registration", "http://file") == "http://file"
