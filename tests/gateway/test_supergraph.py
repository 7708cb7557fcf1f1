"""Which supergraph files are served, and that one which can't be is refused, not half understood."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from gateway.engine import Engine, Request
from gateway.graph_file import GraphFile
from gateway.jsontypes import JsonObject
from gateway.settings import Settings
from gateway.supergraph import SupergraphError, read_supergraph
from graphql import DirectiveDefinitionNode, DirectiveNode, parse, print_ast, visit
from graphql.language import REMOVE, Visitor, VisitorAction

from tests.gateway.stub import FIXTURES

TEXT = (FIXTURES / "supergraph.graphql").read_text(encoding="utf-8")


def with_feature(directive: str) -> str:
    return TEXT.replace("schema @link", f"schema {directive} @link", 1)


@pytest.mark.parametrize("name", ["authenticated/v0.1", "requiresScopes/v0.1", "policy/v0.1", "context/v0.1"])
@pytest.mark.parametrize("shape", ['@link(url: "{}", for: SECURITY)', '@core(feature: "{}", for: EXECUTION)'])
def test_a_file_with_rules_that_are_not_understood_is_refused(name: str, shape: str) -> None:
    text = with_feature(shape.format(f"https://specs.apollo.dev/{name}"))

    with pytest.raises(SupergraphError, match=name):
        read_supergraph(text)


@pytest.mark.parametrize("name", ["inaccessible/v0.2", "join/v0.5", "tag/v0.3"])
def test_features_that_are_understood_or_for_nobody_are_no_obstacle(name: str) -> None:
    purpose = "" if name.startswith("tag") else ", for: SECURITY"

    read_supergraph(with_feature(f'@link(url: "https://specs.apollo.dev/{name}"{purpose})'))


@pytest.mark.parametrize(
    ("pattern", "other"),
    [
        (r"graph: PEOPLE", "graph: NOBODY"),
        (r'key: "id"', 'key: "id {"'),
        (r"type Address", "type Elsewhere"),
        (r"enum join__Graph", "enum join__Other"),
        (r"\bMember\b", "Nobody"),
    ],
)
def test_whatever_is_wrong_with_a_file_it_is_refused_in_words(tmp_path: Path, pattern: str, other: str) -> None:
    file = tmp_path / "supergraph.graphql"
    file.write_text(re.sub(pattern, other, TEXT, count=1), encoding="utf-8")

    with pytest.raises(SupergraphError, match=r"(can't be|no supergraph)"):
        GraphFile(file, Settings())


PRODUCTS: dict[str, Any] = {key: {"__typename": "Product", "id": key, "name": f"N{key}", "weight": 2.5} for key in "12"}
STOCK: dict[str, Any] = {"1": {"count": 3, "postage": 7.5}, "2": {"count": 0, "postage": None}}
DEPOT = {
    "__typename": "Depot",
    "id": "d",
    "place": {"__typename": "Place", "street": "s", "city": "c"},
    "holds": [{"__typename": "Product", "id": "2"}],
}


async def federation1(subgraph: str, body: bytes, _headers: object, *, repeatable: bool) -> JsonObject:
    """Everything that the subgraph has: what wasn't asked for is left out by the gateway."""
    asked = orjson.loads(body)
    if "representations" in asked.get("variables", {}):
        rows = PRODUCTS if subgraph == "products" else STOCK
        for one in asked["variables"]["representations"]:
            assert subgraph == "products" or "postage" not in asked["query"] or one["weight"] == 2.5
        return {"data": {"_entities": [rows[one["id"]] for one in asked["variables"]["representations"]]}}
    if subgraph == "products":
        return {"data": {"products": list(PRODUCTS.values())}}
    assert subgraph == "stock"
    assert " name" not in asked["query"]
    mixed: Any = [DEPOT, {"__typename": "Product", "id": "1", **STOCK["1"]}]
    return {"data": {"depots": [DEPOT], "found": mixed, "items": mixed}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "{ products { id name count postage } }",
            {
                "products": [
                    {"id": "1", "name": "N1", "count": 3, "postage": 7.5},
                    {"id": "2", "name": "N2", "count": 0, "postage": None},
                ]
            },
        ),
        (
            "{ depots { place { city } holds { id name weight(unit: LB) } } }",
            {"depots": [{"place": {"city": "c"}, "holds": [{"id": "2", "name": "N2", "weight": 2.5}]}]},
        ),
        (
            "{ found { __typename ... on Product { name count } ... on Depot { id } } items { id } }",
            {
                "found": [{"__typename": "Depot", "id": "d"}, {"__typename": "Product", "name": "N1", "count": 3}],
                "items": [{"id": "d"}, {"id": "1"}],
            },
        ),
    ],
)
async def test_a_supergraph_of_federation_1_is_served(query: str, expected: object) -> None:
    supergraph = read_supergraph((FIXTURES / "federation1.graphql").read_text(encoding="utf-8"))
    engine = Engine(supergraph, Settings(), federation1)

    answer = await engine.execute(engine.prepare(Request(query, None, {}, {})))

    assert answer == {"data": expected}


def test_a_supergraph_of_federation_2_0_tells_the_same_without_words_for_it() -> None:
    """Join v0.2 doesn't say which subgraph knows which implementations and members."""
    text = print_ast(visit(parse(TEXT), _WithoutWords()))
    assert "join__implements" not in text

    found, expected = (read_supergraph(one).subgraphs for one in (text, TEXT))

    for name, subgraph in expected.items():
        assert {t: one.possible for t, one in found[name].types.items()} == {
            t: one.possible for t, one in subgraph.types.items()
        }


class _WithoutWords(Visitor):
    def enter(self, node: Any, *_: object) -> VisitorAction:
        named = isinstance(node, DirectiveNode | DirectiveDefinitionNode)
        return REMOVE if named and node.name.value in ("join__implements", "join__unionMember") else None
