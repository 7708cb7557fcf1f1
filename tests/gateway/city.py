"""The city's own supergraph over invented subgraphs: a value depends on its object, its field and its arguments only.

So every plan, every gateway and one executor that knows everything must find the same answer.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
from gateway.api_schema import api_schema
from gateway.engine import Engine, Request
from gateway.jsontypes import JsonObject
from gateway.settings import Settings
from gateway.supergraph import Supergraph, read_supergraph
from graphql import (
    ExecutionResult,
    GraphQLEnumType,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_ast_schema,
    execute_sync,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.type import GraphQLNamedType

from tests.gateway.stub import FEDERATION

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "gateway" / "compose" / "subgraphs.json"
SUPERGRAPH = ROOT / "gateway" / "supergraph.graphql"
DOCUMENT = (Path(__file__).parent / "fixtures" / "city.graphql").read_text(encoding="utf-8")
OPERATIONS = re.findall(r"^query (\w+)", DOCUMENT, re.MULTILINE)
VARIABLES: JsonObject = {"county": "3", "year": 2017, "with": True, "without": False}
Row = dict[str, Any]


class Invented:
    """Executes a schema of the city; an object is its type's name and a number that all of its keys carry."""

    def __init__(self, schema: GraphQLSchema, keys: Mapping[str, frozenset[str]], *, validates: bool = True) -> None:
        self._schema = schema
        self._keys = keys
        self._validates = validates

    def run(self, query: str, variables: Mapping[str, Any], operation: str | None = None) -> ExecutionResult:
        document = parse(query)
        assert not self._validates or not (errors := validate(self._schema, document)), errors
        return execute_sync(
            self._schema,
            document,
            {"__typename": "Query", "number": 0},
            variable_values=dict(variables),
            operation_name=operation,
            field_resolver=self._resolve,
            type_resolver=lambda value, *_: value["__typename"],
        )

    def _resolve(self, parent: Row, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        name = info.field_name
        if name == "_entities":
            return [self._entity(one) for one in arguments["representations"]]
        if name in self._keys.get(parent["__typename"], ()):
            return str(parent["number"])
        given = json.dumps(arguments, sort_keys=True, default=str)
        # Something is always found at the root, else a seed may leave nothing to compare.
        found = parent["__typename"] == "Query"
        declared = GraphQLNonNull(get_nullable_type(info.return_type)) if found else info.return_type
        return self._value(declared, f"{parent['__typename']} {parent['number']} {name} {given}")

    def _entity(self, representation: Row) -> Row:
        kind = representation["__typename"]
        number = next(value for key, value in representation.items() if key in self._keys[kind])
        return {"__typename": kind, "number": int(number)}

    def _value(self, declared: GraphQLOutputType, seed: str) -> Any:
        number = crc32(seed.encode())
        if is_non_null_type(declared):
            declared = declared.of_type
        elif number % 7 == 0:
            return None
        if is_list_type(declared):
            return [self._value(declared.of_type, f"{seed} {index}") for index in range(number % 4)]
        named = get_named_type(declared)
        return _leaf(named, number) if is_leaf_type(named) else self._object(named, number)

    def _object(self, named: GraphQLNamedType, number: int) -> Row:
        if is_abstract_type(named):
            possible = sorted(t.name for t in self._schema.get_possible_types(named))
            return {"__typename": possible[number % len(possible)], "number": number % 100}
        return {"__typename": named.name, "number": number % 100}


def _leaf(named: GraphQLNamedType, number: int) -> Any:
    if isinstance(named, GraphQLEnumType):
        return sorted(named.values)[number % len(named.values)]
    leaves = {"Int": number % 1000, "Float": number % 1000 / 8, "Boolean": number % 2 == 0}
    return leaves.get(named.name, f"{named.name} {number}")


class City:
    """`engine` asks the invented subgraphs in this process; `answer` is what a server of one would say."""

    def __init__(self) -> None:
        self.supergraph = read_supergraph(SUPERGRAPH.read_text(encoding="utf-8"))
        keys = _keys(self.supergraph)
        self._subgraphs = {
            one["name"]: Invented(_subgraph_schema((ROOT / one["sdl"]).read_text(encoding="utf-8")), keys)
            for one in json.loads(CONFIG.read_text())
        }
        schema = api_schema(self.supergraph)
        self.monolith = Invented(schema, keys, validates=False)  # the gateway does, by the same schema
        self.engine = Engine(self.supergraph, Settings(max_list_cost=10**12), self._post)

    def answer(self, subgraph: str, request: Mapping[str, Any]) -> JsonObject:
        found = self._subgraphs[subgraph].run(
            request["query"], request.get("variables") or {}, request.get("operationName")
        )
        assert not found.errors, found.errors
        return {"data": found.data}

    async def _post(self, subgraph: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool) -> JsonObject:
        answer: JsonObject = orjson.loads(orjson.dumps(self.answer(subgraph, orjson.loads(body))))
        return answer

    async def ask(self, query: str, variables: JsonObject, operation: str | None = None) -> JsonObject:
        return await self.engine.execute(self.engine.prepare(Request(query, operation, variables, {})))


def _keys(supergraph: Supergraph) -> dict[str, frozenset[str]]:
    """The names of all key fields by type; the city has no nested keys."""
    found: dict[str, frozenset[str]] = {}
    for subgraph in supergraph.subgraphs.values():
        for one in subgraph.types.values():
            names = {name for key in one.keys for name in key.fields.text.split()}
            found[one.name] = found.get(one.name, frozenset()) | names
    return found


def _subgraph_schema(sdl: str) -> GraphQLSchema:
    federation = FEDERATION.replace("scalar _Any", "")
    link = "scalar link__Import directive @link(url: String, import: [link__Import]) repeatable on SCHEMA"
    return build_ast_schema(parse(sdl + federation + link), assume_valid_sdl=True)
