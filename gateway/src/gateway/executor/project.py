"""Turns the merged answer into the client's: response keys in order, nulls propagated, nothing else let out.

`compile_projection` makes closures once a plan; they run for every answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from graphql import (
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
)
from graphql.type import GraphQLNamedType, is_leaf_type

from gateway.executor.errors import AnswerErrors
from gateway.executor.leaves import ANYTHING, Hidden, Unfit, leaf_of
from gateway.jsontypes import Json, JsonObject, ResponsePath
from gateway.planner.fetches import Reading

Link: TypeAlias = "tuple[Link, str | int] | None"
Complete = Callable[[Json, Link, AnswerErrors], Json]
Children = tuple[tuple[frozenset[str] | None, tuple[Reading, ...]], ...]
NONE: frozenset[type] = frozenset()


class Value(NamedTuple):
    """Values of the `plain` classes are taken as they are, others are completed."""

    plain: frozenset[type]
    complete: Complete


class Field(NamedTuple):
    response_key: str
    key: str
    default: str | None
    plain: frozenset[type]
    complete: Complete
    non_null: bool
    name: str


class _Null(Exception):
    """A non-null position is null: the nearest nullable position above becomes null."""


@dataclass(frozen=True, slots=True)
class Projection:
    complete: Callable[[JsonObject, AnswerErrors], JsonObject | None]


def compile_projection(
    schema: GraphQLSchema, full: GraphQLSchema, root: str, readings: tuple[Reading, ...]
) -> Projection:
    """`full` is the schema with what is inaccessible: such values become null without an error."""
    project = _Compiler(schema, full).object(root, readings)

    def complete(data: JsonObject, errors: AnswerErrors) -> JsonObject | None:
        try:
            found = project(data, None, errors)
        except _Null:
            return None
        assert isinstance(found, dict)
        return found

    return Projection(complete)


class _Compiler:
    def __init__(self, schema: GraphQLSchema, full: GraphQLSchema) -> None:
        self._schema = schema
        self._full = full
        self._objects: dict[tuple[str, int], Complete] = {}

    def object(self, type_name: str, readings: tuple[Reading, ...]) -> Complete:
        """Once for each type, however many types have the same readings: under each of them they come again."""
        key = type_name, id(readings)
        found = self._objects.get(key)
        if found is None:
            found = self._objects[key] = self._object(type_name, readings)
        return found

    def _object(self, type_name: str, readings: tuple[Reading, ...]) -> Complete:
        fields = [self._field(type_name, reading) for reading in readings]

        def project(value: Json, path: Link, errors: AnswerErrors) -> Json:
            if not isinstance(value, dict):
                return _unfit(value, path, errors)
            out: JsonObject = {}
            for response_key, key, default, plain, complete, non_null, name in fields:
                item = value.get(key, default)
                if item is None:
                    if non_null:
                        _missing(name, (path, response_key), errors)
                elif item.__class__ not in plain:
                    item = _completed(complete, item, (path, response_key), errors, non_null)
                out[response_key] = item
            return out

        return project

    def _field(self, type_name: str, reading: Reading) -> Field:
        name = f"{type_name}.{reading.field}"
        if reading.field == "__typename":
            return Field(reading.name, reading.key, type_name, *self._leaf(GraphQLString), False, name)
        if reading.field.startswith("__"):
            return Field(reading.name, reading.key, None, ANYTHING.classes, _unfit, False, name)
        parent = self._schema.type_map[type_name]
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        declared: GraphQLOutputType = parent.fields[reading.field].type
        non_null = isinstance(declared, GraphQLNonNull)
        return Field(reading.name, reading.key, None, *self._value(declared, reading.children), non_null, name)

    def _value(self, declared: GraphQLOutputType, children: Children | None) -> Value:
        if isinstance(declared, GraphQLNonNull):
            return self._value(declared.of_type, children)
        if isinstance(declared, GraphQLList):
            return Value(NONE, self._list(declared.of_type, children))
        assert isinstance(declared, GraphQLNamedType)
        if is_leaf_type(declared):
            return self._leaf(declared)
        if isinstance(declared, GraphQLInterfaceType | GraphQLUnionType):
            return Value(NONE, self._abstract(declared, children or ()))
        return Value(NONE, self.object(declared.name, children[0][1] if children else ()))

    def _list(self, item: GraphQLOutputType, children: Children | None) -> Complete:
        non_null = isinstance(item, GraphQLNonNull)
        plain, complete = self._value(item, children)

        def project(value: Json, path: Link, errors: AnswerErrors) -> Json:
            if not isinstance(value, list):
                return _unfit(value, path, errors)
            if plain and plain.issuperset(map(type, value)):
                return value
            out: list[Json] = []
            for index, item in enumerate(value):
                if item is None:
                    if non_null:
                        _missing("a list item", (path, index), errors)
                elif item.__class__ not in plain:
                    item = _completed(complete, item, (path, index), errors, non_null)
                out.append(item)
            return out

        return project

    def _leaf(self, declared: GraphQLNamedType) -> Value:
        classes, convert = leaf_of(declared, self._full.type_map[declared.name])

        def check(value: Json, path: Link, errors: AnswerErrors) -> Json:
            try:
                return convert(value)
            except Hidden:
                raise _Null from None
            except Unfit:
                return _unfit(value, path, errors)

        return Value(classes, check)

    def _abstract(self, declared: GraphQLInterfaceType | GraphQLUnionType, children: Children) -> Complete:
        possible = [t.name for t in self._schema.get_possible_types(declared)] or [declared.name]
        hidden = {t for t in self._full.type_map if t not in self._schema.type_map}
        by_type = {
            name: self.object(name, readings)
            for types, readings in children
            for name in possible
            if types is None or name in types
        }
        alike = len({readings for _, readings in children}) == 1
        shared = next(iter(by_type.values())) if alike else None

        def project(value: Json, path: Link, errors: AnswerErrors) -> Json:
            if not isinstance(value, dict):
                return _unfit(value, path, errors)
            type_name = value.get("__typename")
            found = by_type.get(type_name) if isinstance(type_name, str) else shared
            if found is None and isinstance(type_name, str) and type_name in hidden:
                raise _Null
            return found(value, path, errors) if found else _unfit(value, path, errors)

        return project


def _completed(complete: Complete, value: Json, path: Link, errors: AnswerErrors, non_null: bool) -> Json:
    try:
        return complete(value, path, errors)
    except _Null:
        if non_null:
            location = _path(path)
            if not errors.explains(location):
                errors.add("Cannot return null for a non-nullable field.", location, {"code": "NULL_IN_NON_NULL"})
            raise
        return None


def _missing(name: str, path: Link, errors: AnswerErrors) -> None:
    location = _path(path)
    if not errors.explains(location):
        errors.add(f"Cannot return null for non-nullable field {name}.", location, {"code": "NULL_IN_NON_NULL"})
    raise _Null


def _unfit(_value: Json, path: Link, errors: AnswerErrors) -> Json:
    """A value that the schema doesn't allow here; it isn't shown, because it may be hidden on purpose."""
    location = _path(path)
    if not errors.explains(location):
        errors.add("A subgraph answered with a value that the schema doesn't allow.", location, {"code": "UNFIT_VALUE"})
    raise _Null


def _path(link: Link) -> ResponsePath:
    steps: list[str | int] = []
    while link is not None:
        link, step = link
        steps.append(step)
    return tuple(reversed(steps))
