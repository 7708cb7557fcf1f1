"""Subgraphs and a monolith over one world, executed by graphql-core.

A subgraph sees of an entity only its own fields of the row and what a representation carries, so a
representation that lacks something shows at once.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from gateway.jsontypes import JsonObject
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLResolveInfo,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    build_ast_schema,
    execute_sync,
    parse,
    validate,
)
from graphql.language import SchemaExtensionNode

from tests.gateway.world import RESOLVERS, FieldFault, Row, World

FIXTURES = Path(__file__).parent / "fixtures"
FEDERATION = """
scalar _Any
scalar FieldSet
directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
directive @shareable on OBJECT | FIELD_DEFINITION
directive @external on OBJECT | FIELD_DEFINITION
directive @requires(fields: FieldSet!) on FIELD_DEFINITION
directive @provides(fields: FieldSet!) on FIELD_DEFINITION
directive @override(from: String!) on FIELD_DEFINITION
directive @inaccessible on FIELD_DEFINITION | ENUM_VALUE
"""


class Executable:
    """A schema over a world: the default resolver reads rows and follows references."""

    def __init__(self, schema: GraphQLSchema, world: World) -> None:
        self.schema = schema
        self.world = world
        self.document = lru_cache(1_000)(self._document)

    def _document(self, query: str) -> DocumentNode:
        document = parse(query)
        assert not (errors := validate(self.schema, document)), errors
        return document

    def run(self, query: str, variables: Mapping[str, Any] | None, operation: str | None = None) -> ExecutionResult:
        return execute_sync(
            self.schema,
            self.document(query),
            {"__typename": "root"},
            variable_values=dict(variables or {}),
            operation_name=operation,
            field_resolver=self._resolve,
            type_resolver=lambda value, *_: value["__typename"],
        )

    def _resolve(self, parent: Row, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        name = f"{info.parent_type.name}.{info.field_name}"
        return self.follow(self.value(name, parent, arguments), info)

    def value(self, name: str, parent: Row, arguments: Mapping[str, Any]) -> Any:
        resolver = RESOLVERS.get(name)
        return resolver(parent, arguments, self.world) if resolver else parent[name.partition(".")[2]]

    def follow(self, value: Any, info: GraphQLResolveInfo) -> Any:
        if isinstance(value, list):
            return [self.follow(item, info) for item in value]
        return self.row(self.world.rows[value]) if isinstance(value, tuple) else value

    def row(self, row: Row) -> Row:
        return row


class Monolith(Executable):
    """Knows everything, and gives computed fields what their requirements would bring."""

    def _document(self, query: str) -> DocumentNode:
        return parse(query)  # the gateway, which it is compared with, validates by the same schema

    def value(self, name: str, parent: Row, arguments: Mapping[str, Any]) -> Any:
        if name == "Member.standing":
            return len(parent["name"].split(maxsplit=1)[0])
        if name == "Member.greeting":
            return greeting(parent)
        return super().value(name, parent, arguments)


class Subgraph(Executable):
    def __init__(self, name: str, sdl: str, world: World) -> None:
        self.name = name
        document = parse(sdl)
        self._own = {
            d.name.value: _own_fields(d) for d in document.definitions if isinstance(d, ObjectTypeDefinitionNode)
        }
        self._entities = [d.name.value for d in document.definitions if _is_entity(d)]
        super().__init__(self._build(document), world)
        self.requests: list[JsonObject] = []

    def _build(self, document: DocumentNode) -> GraphQLSchema:
        extra = f"""
            union _Entity = {" | ".join(self._entities)}
            extend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}
        """
        kept = [d for d in document.definitions if not isinstance(d, SchemaExtensionNode)]
        whole = DocumentNode(definitions=(*kept, *parse(FEDERATION + extra).definitions))
        return build_ast_schema(whole, assume_valid_sdl=True)

    def answer(self, request: JsonObject) -> JsonObject:
        self.requests.append(request)
        variables: Any = request.get("variables")
        operation: Any = request.get("operationName")
        result = self.run(str(request["query"]), variables, operation)
        answer: Any = {"data": result.data}
        if result.errors:
            answer["errors"] = [
                {"message": e.message, "path": e.path, "extensions": {"code": "FIXTURE", "own": self.name}}
                for e in result.errors
            ]
        return answer  # type: ignore[no-any-return]

    def value(self, name: str, parent: Row, arguments: Mapping[str, Any]) -> Any:
        if name == "Query._entities":
            return [self._entity(r) for r in arguments["representations"]]
        if name == "Member.standing":
            return len(parent["name"])
        if name == "Member.greeting":
            return greeting(parent)
        found = super().value(name, parent, arguments)
        if name == "Wish.wisher" and found:
            return {**self.row(self.world.rows[found]), "card": self.world.rows[found]["card"]}
        return self._seen(found)

    def _seen(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._seen(item) for item in value]
        return self.row(value) if isinstance(value, dict) else value

    def row(self, row: Row) -> Row:
        own = self._own.get(row["__typename"], frozenset())
        kept = {key: value for key, value in row.items() if key in own}
        return {"__typename": row["__typename"], "id": row.get("id"), **kept}

    def _entity(self, representation: Mapping[str, Any]) -> Row | None:
        type_name = representation["__typename"]
        if type_name not in self._entities:
            raise FieldFault(f"{type_name} is no entity here")
        found = [r for r in self.world.all(type_name) if all(_same(r.get(k), v) for k, v in representation.items())]
        return {**representation, **self.row(found[0])} if len(found) == 1 else None


def greeting(member: Row) -> str:
    home = member["home"]
    return f"Dear {member['name']} of {home['city'] if home else 'nowhere'}"


def _same(stored: Any, given: Any) -> bool:
    """Keys identify; what is required only has to be carried."""
    if isinstance(given, dict):
        return not isinstance(stored, dict) or all(_same(stored.get(k), v) for k, v in given.items() if k in stored)
    return isinstance(given, list) or isinstance(stored, list | tuple) or given == stored or " " in str(stored)


def _own_fields(node: ObjectTypeDefinitionNode) -> frozenset[str]:
    external = {f.name.value for f in node.fields or () if any(d.name.value == "external" for d in f.directives or ())}
    return frozenset(f.name.value for f in node.fields or ()) - external


def _is_entity(node: Any) -> bool:
    return isinstance(node, ObjectTypeDefinitionNode) and any(
        d.name.value == "key" and not any(a.name.value == "resolvable" for a in d.arguments or ())
        for d in node.directives or ()
    )


def subgraphs(world: World) -> dict[str, Subgraph]:
    return {
        name: Subgraph(name, (FIXTURES / f"{name}.graphql").read_text(), world) for name in ("people", "work", "marks")
    }
