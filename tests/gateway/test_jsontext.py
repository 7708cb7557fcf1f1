"""Integers over 64 bits and values nested very deep: nothing is lost in silence, and only what is concerned fails."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from gateway.engine import Engine, Request
from gateway.http import Parameters, encoded, get_parameters, post_parameters
from gateway.jsontext import TooDeep, parsed, written
from gateway.jsontypes import JsonObject
from gateway.refusals import Refused
from gateway.settings import Settings
from gateway.supergraph import read_supergraph

from tests.load.gateway_stubs import JOIN

LARGE = 2**64
SUPERGRAPH = read_supergraph(
    JOIN
    + """
enum join__Graph { TREES @join__graph(name: "trees", url: "") SIZES @join__graph(name: "sizes", url: "") }
scalar Json @join__type(graph: TREES) @join__type(graph: SIZES)
type Query @join__type(graph: TREES) @join__type(graph: SIZES) {
  things: [Thing] @join__field(graph: TREES)
  echo(value: Json, number: Float, text: ID): Json @join__field(graph: TREES)
}
type Thing @join__type(graph: TREES, key: "id") @join__type(graph: SIZES, key: "id") {
  id: ID!
  tree: Json @join__field(graph: TREES) @join__field(graph: SIZES, external: true)
  size: Int @join__field(graph: SIZES, requires: "tree")
}
"""
)


def nested(depth: int) -> Any:
    value: Any = LARGE
    for _ in range(depth):
        value = [value]
    return value


def read(body: bytes) -> Parameters:
    return post_parameters({"content-type": "application/json"}, body)


class Subgraphs:
    def __init__(self, *trees: Any, echo: Any = None) -> None:
        self.answers: dict[str, JsonObject] = {
            "things": {"things": [{"id": str(number), "tree": tree} for number, tree in enumerate(trees)]},
            "echo": {"echo": echo},
        }
        self.entity: JsonObject = {"size": 1}
        self.bodies: list[bytes] = []
        self.engine = Engine(SUPERGRAPH, Settings(), self.post)

    async def post(self, subgraph: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool) -> JsonObject:
        self.bodies.append(body)
        if subgraph == "sizes":
            return {"data": {"_entities": [self.entity for _ in json.loads(body)["variables"]["representations"]]}}
        return {"data": self.answers["echo" if b"echo" in body else "things"]}

    async def ask(self, query: str, variables: JsonObject | None = None) -> Any:
        return await self.engine.execute(self.engine.prepare(Request(query, None, variables or {}, {})))


@pytest.mark.parametrize(
    "text",
    ["18446744073709551615", "18446744073709551616", "-9223372036854775808", "-9223372036854775809", "9" * 300, "1.5"],
)
@pytest.mark.parametrize("around", ["[%s]", '{"a":%s}', '["x", %s]', '{"a":\n%s}'])
def test_numbers_are_kept_to_the_last_digit(text: str, around: str) -> None:
    whole = around % text

    assert parsed(whole.encode()) == json.loads(whole)
    assert json.loads(written(parsed(whole.encode()))) == json.loads(whole)


@pytest.mark.parametrize("text", ["[" + "9" * 5_000 + "]", "[1e999]", "[" * 1_000 + "1" * 20 + "]" * 1_000, "[NaN]"])
def test_what_can_not_be_kept_is_refused_as_no_json(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read(b'{"query": "{ x }", "variables": {"v": %b}}' % text.encode())

    assert refused.value.code == "BAD_REQUEST"


async def test_large_integers_reach_the_subgraph_and_the_client_unchanged() -> None:
    subgraphs = Subgraphs(echo={"n": LARGE})
    query = b'"query($v: Json, $f: Float, $t: ID) { echo(value: $v, number: $f, text: $t) }"'
    body = b'{"query": %b, "variables": {"v": {"n": %d}, "f": %d, "t": %d}}' % (query, LARGE, LARGE, LARGE)
    given = read(body)

    answer = await subgraphs.ask(given.query or "", given.variables)

    assert b'"v":{"n":%d}' % LARGE in subgraphs.bodies[0]
    assert encoded(answer) == b'{"data":{"echo":{"n":%d}}}' % LARGE
    assert get_parameters(b"query=x&variables={%%22v%%22:%d}" % LARGE).variables == {"v": LARGE}


async def test_a_requirement_too_deep_to_be_sent_costs_its_own_object_only() -> None:
    subgraphs = Subgraphs({"n": LARGE}, nested(1_000), None, [])

    answer = await subgraphs.ask("{ things { id size } }")

    assert [thing["size"] for thing in answer["data"]["things"]] == [1, None, 1, 1]
    (error,) = answer["errors"]
    assert error["path"] == ["things", 1, "size"]
    assert error["extensions"] == {"code": "UNFIT_VALUE", "service": "sizes"}
    assert json.loads(subgraphs.bodies[1])["variables"]["representations"][0]["tree"] == {"n": LARGE}


async def test_nobody_is_asked_if_nothing_can_be_sent() -> None:
    subgraphs = Subgraphs(nested(1_000))

    answer = await subgraphs.ask("{ things { size } }")

    assert answer["data"] == {"things": [{"size": None}]}
    assert len(subgraphs.bodies) == 1


async def test_lists_within_lists_without_end_are_unfit_where_they_stand() -> None:
    subgraphs = Subgraphs({"n": 1})
    subgraphs.answers["things"]["things"] = [nested(1_000), {"id": "1", "tree": 2}]

    answer = await subgraphs.ask("{ things { id size } }")

    assert answer["data"] == {"things": [None, {"id": "1", "size": 1}]}
    assert [error["path"] for error in answer["errors"]] == [["things", 0]]


async def test_two_values_too_deep_to_become_one_cost_their_own_fetch_only() -> None:
    subgraphs = Subgraphs({"n": 1})
    subgraphs.answers["things"]["things"] = [{"id": "1", "tree": 2, "unasked": nested(1_000)}]
    subgraphs.entity = {"unasked": nested(1_000), "size": 1}

    answer = await subgraphs.ask("{ things { id size } }")

    assert answer["data"] == {"things": [{"id": "1", "size": None}]}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["SUBREQUEST_MALFORMED"]


def test_what_is_too_deep_to_be_written_says_so() -> None:
    with pytest.raises(TooDeep):
        written(nested(1_000))
