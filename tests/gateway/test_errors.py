"""A subgraph that fails nulls what it owes, tells where, and leaves the rest standing."""

from collections.abc import Callable
from typing import Any

import pytest
from gateway.executor.errors import MAX_ERRORS
from gateway.jsontypes import JsonObject

from tests.gateway.support import Break, House, fail


def paths(answer: JsonObject) -> list[object]:
    return [error["path"] for error in answer["errors"]]  # type: ignore[index,union-attr,call-overload]


def codes(answer: JsonObject) -> set[object]:
    return {error["extensions"]["code"] for error in answer["errors"]}  # type: ignore[index,union-attr,call-overload]


@pytest.mark.parametrize("code", ["SUBREQUEST_FAILED", "SUBREQUEST_TIMEOUT"])
async def test_a_failing_subgraph_nulls_what_it_owes_and_the_rest_is_answered(code: str) -> None:
    house = House(broken={"marks": fail(code)})

    answer = await house.ask("{ members(first: 2) { name medal: badge { __typename } } grades { claim { id } } }")

    member = {"name": "Member Number1", "medal": None}
    assert answer["data"] == {"members": [member, {"name": "Member Number2", "medal": None}], "grades": None}
    assert sorted(map(str, paths(answer))) == ["['grades']", "['members', 0, 'medal']", "['members', 1, 'medal']"]
    assert codes(answer) == {code}


async def test_a_null_in_a_non_null_field_nulls_the_nearest_nullable_parent() -> None:
    house = House(broken={"marks": fail()})

    answer = await house.ask('{ member(id: "m1") { standing } me { card } }')

    assert answer["data"] == {"member": None, "me": {"card": "card-1"}}
    assert paths(answer) == [["member", "standing"]]


async def test_a_non_null_root_nulls_everything() -> None:
    answer = await House(broken={"people": fail()}).ask("{ members { id } offers { id } }")

    assert answer["data"] is None
    assert paths(answer) == [["members"]]


async def test_errors_of_subgraphs_keep_extensions_and_get_the_clients_path() -> None:
    answer = await House().ask("{ best { mood: moody name } }")

    assert [m["mood"] for m in answer["data"]["best"]] == [None, "fine", None]  # type: ignore[index,call-overload,union-attr]
    assert paths(answer) == [["best", 0, "mood"], ["best", 2, "mood"]]
    first = answer["errors"][0]  # type: ignore[index,call-overload]
    assert first["message"] == "not in the mood"
    assert first["extensions"] == {"code": "FIXTURE", "service": "people", "own": "people"}


async def test_errors_on_the_way_of_a_root_field_keep_their_path() -> None:
    answer = await House().ask("{ everybody: members(first: 6) { mood: moody } }")

    assert paths(answer) == [["everybody", 1, "mood"], ["everybody", 4, "mood"]]


async def test_a_failing_non_null_field_of_an_entity_is_told_once() -> None:
    answer = await House().ask("{ offers { id ... on Post { claims { member { strict } } } } }")

    assert answer["data"]["offers"][0]["claims"] == [  # type: ignore[index,call-overload]
        {"member": {"strict": "strict"}},
        {"member": {"strict": "strict"}},
    ]
    failing = await House().ask('{ claim(id: "k3") { hours member { strict } } }')
    assert failing["data"] == {"claim": None}
    assert paths(failing) == [["claim", "member", "strict"]]


def entities(change: Callable[[list[Any]], Any]) -> Break:
    def broken(answer: JsonObject) -> JsonObject:
        return {"data": {"_entities": change(answer["data"]["_entities"])}}  # type: ignore[index,call-overload]

    return broken


def answering(answer: Any) -> Break:
    return lambda _: answer


BADGES = "{ members(first: 4) { id badge { __typename } } }"
MEDAL = {"badge": {"__typename": "Medal", "label": "x"}}


@pytest.mark.parametrize(
    ("broken", "nulls", "code"),
    [
        (entities(lambda given: given[:2]), [2, 3], "SUBREQUEST_MALFORMED"),
        (entities(lambda given: [*given, MEDAL, MEDAL]), [], None),
        (entities(lambda given: [7, "x", None, *given[3:]]), [0, 1], "SUBREQUEST_MALFORMED"),
        (entities(lambda given: None), [0, 1, 2, 3], "SUBREQUEST_MALFORMED"),
        (entities(lambda given: {"0": given[0]}), [0, 1, 2, 3], "SUBREQUEST_MALFORMED"),
        (entities(lambda given: [None] * 4), [], None),
        (answering({"data": {}}), [0, 1, 2, 3], "SUBREQUEST_MALFORMED"),
        (answering({"data": None}), [0, 1, 2, 3], "SUBREQUEST_MALFORMED"),
        (answering({"data": [1]}), [0, 1, 2, 3], "SUBREQUEST_MALFORMED"),
        (answering({"data": None, "errors": [{"message": "no idea"}]}), [0], "DOWNSTREAM_SERVICE_ERROR"),
        (answering({"data": {"_entities": [None] * 4}, "errors": "strange"}), [0], "DOWNSTREAM_SERVICE_ERROR"),
    ],
)
async def test_a_subgraph_that_answers_only_partly_nulls_only_its_own_and_it_is_told(
    broken: Break, nulls: list[int], code: str | None
) -> None:
    whole = await House().ask(BADGES)
    house = House(broken={"marks": broken})

    answer = await house.ask(BADGES)

    assert [m["id"] for m in answer["data"]["members"]] == ["m1", "m2", "m3", "m4"]  # type: ignore[index,call-overload,union-attr]
    assert [error["path"] for error in answer.get("errors", ())] == [["members", at, "badge"] for at in nulls]  # type: ignore[index,union-attr,call-overload]
    assert not nulls or codes(answer) == {code}
    for found, expected in zip(answer["data"]["members"], whole["data"]["members"], strict=True):  # type: ignore[index,call-overload,arg-type]
        assert found["badge"] in (None, expected["badge"])  # type: ignore[index,call-overload]


async def test_what_a_subgraph_says_of_places_and_of_itself_is_not_believed() -> None:
    hostile: Any = [
        {"message": "a", "path": ["_entities", -1, "badge"]},
        {"message": "b", "path": ["_entities", 10**30, "badge"]},
        {"message": "c", "path": ["_entities"] + [1] * 100_000},
        {"message": "d", "path": {"members": 0}},
        {"message": {"not": "text"}, "path": [None, ["x"]], "extensions": ["x"]},
        {"message": "f", "extensions": {"service": "people", "code": {"a": 1}}},
        "no object",
        None,
    ]
    answered = {"data": {"_entities": [None] * 4}, "errors": hostile}

    answer = await House(broken={"marks": answering(answered)}).ask(BADGES)

    errors: Any = answer["errors"]
    assert len(errors) == len(hostile)
    assert all(isinstance(error["message"], str) for error in errors)
    assert all(error["extensions"]["service"] == "marks" for error in errors)
    assert all(error["path"][0] == "members" and len(error["path"]) < 250 for error in errors)


async def test_errors_without_end_are_told_with_a_bound() -> None:
    answered: Any = {"data": None, "errors": [{"message": "no", "path": ["members", n, "id"]} for n in range(5_000)]}

    answer = await House(broken={"people": answering(answered)}).ask(BADGES)

    assert len(answer["errors"]) == MAX_ERRORS  # type: ignore[arg-type]


async def test_what_depends_on_a_failed_request_is_null_too() -> None:
    house = House(broken={"work": fail()})

    answer = await house.ask('{ grades { claim { id mark } } member(id: "m1") { id } }')

    assert answer["data"]["grades"][0]["claim"] == {"id": "k1", "mark": None}  # type: ignore[index,call-overload]
    assert answer["data"]["member"] == {"id": "m1"}  # type: ignore[index,call-overload]
    assert codes(answer) == {"SUBREQUEST_FAILED"}


async def test_many_failures_are_told_with_a_bound() -> None:
    house = House(broken={"marks": fail()})
    members = " ".join(f"a{n}: members(first: 6) {{ badge {{ __typename }} }}" for n in range(20))

    answer = await house.ask(f"{{ {members} }}")

    assert len(answer["errors"]) <= 20 * 50  # type: ignore[arg-type]
