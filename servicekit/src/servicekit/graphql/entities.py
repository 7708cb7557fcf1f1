"""`_entities`: representations validated, capped, grouped by type, and each type loaded once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

from graphql import GraphQLError, GraphQLNamedType, parse
from graphql.language import FieldNode, OperationDefinitionNode, SelectionSetNode
from strawberry.federation.schema_directives import Key
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.utils.str_converters import to_snake_case

from servicekit.domain import TooManyRows
from servicekit.graphql.context import Info
from servicekit.storage.mongo import fits_int64

LONGEST_KEY = 200


class Entity(Protocol):
    """What an object type with a @key must have."""

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> Sequence[Self | None]:
        """The entities of these keys, in their order, None where there is none. Names are in snake_case."""


def extend(entity: type, *parts: type) -> None:
    """Give an object type the fields of `parts`, before the schema is built.

    So what refers to it need not import everything that hangs on it, which would refer back.
    """
    fields = get_object_definition(entity, strict=True).fields
    for part in parts:
        known = {field.python_name for field in fields}
        added = get_object_definition(part, strict=True).fields
        fields.extend(field for field in added if field.python_name not in known)


class ForeignEntity:
    """Mixin of an entity that another subgraph keeps: its key is all there is to know."""

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self]:
        return [cls(**key) for key in keys]


KeyShape = Mapping[str, Any]


class EntityTypes:
    """The entity types of one schema and the keys they can be asked by."""

    def __init__(self, definitions: Mapping[str, StrawberryObjectDefinition]) -> None:
        self._kinds: dict[str, type[Entity]] = {}
        self._keys: dict[str, list[KeyShape]] = {}
        for name, definition in definitions.items():
            keys = [key_shape(str(one.fields)) for one in definition.directives or () if isinstance(one, Key)]
            if keys:
                if not hasattr(definition.origin, "resolve_references"):
                    raise TypeError(f"entity {name} has no resolve_references (ForeignEntity gives one)")
                self._kinds[name] = definition.origin
                self._keys[name] = keys

    async def resolve(self, info: Info, representations: Sequence[Any], limit: int) -> list[Any]:
        """An entity, None or an error for each representation. Raises TooManyRows over the limit."""
        if len(representations) > limit:
            raise TooManyRows(limit=limit, actual=len(representations), path="representations")
        results: list[Any] = [self._problem(one) for one in representations]
        groups: dict[str, list[int]] = {}
        for index, problem in enumerate(results):
            if problem is None:
                groups.setdefault(representations[index]["__typename"], []).append(index)
        loaded = await asyncio.gather(
            *(self._load(info, name, [representations[index] for index in group]) for name, group in groups.items())
        )
        for group, found in zip(groups.values(), loaded, strict=True):
            for index, entity in zip(group, found, strict=True):
                results[index] = entity
        return results

    async def _load(self, info: Info, name: str, representations: list[dict[str, Any]]) -> Sequence[Any]:
        keys = [_snake_case({k: v for k, v in one.items() if k != "__typename"}) for one in representations]
        try:
            found = await self._kinds[name].resolve_references(info, keys)
            if len(found) != len(keys):
                raise RuntimeError(f"{name}.resolve_references gave {len(found)} entities for {len(keys)} keys")
        except Exception as error:
            return [error] * len(keys)  # one type's fault leaves the others' entities alone
        return found

    def _problem(self, representation: Any) -> GraphQLError | None:
        if not isinstance(representation, dict):
            return _bad("a representation must be an object")
        name = representation.get("__typename")
        if not isinstance(name, str) or name not in self._kinds:
            return _bad(f"no entity type {str(name)[:80]!r} here")
        if not any(_fits(representation, key) for key in self._keys[name]):
            return _bad(f"a representation of {name} needs the fields of one of its keys")
        return None


def key_shape(fields: str) -> KeyShape:
    """`"id unit { id }"` as `{"id": None, "unit": {"id": None}}`."""
    operation = parse(f"{{{fields}}}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return _shape(operation.selection_set)


def _shape(selections: SelectionSetNode) -> KeyShape:
    return {
        field.name.value: _shape(field.selection_set) if field.selection_set else None
        for field in selections.selections
        if isinstance(field, FieldNode)
    }


def _fits(value: Any, shape: KeyShape) -> bool:
    return isinstance(value, dict) and all(
        _fits(value.get(name), inner) if inner else _is_key_value(value.get(name)) for name, inner in shape.items()
    )


def _is_key_value(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_KEY
    return fits_int64(value)


def _snake_case(value: Any) -> Any:
    if isinstance(value, dict):
        return {to_snake_case(name): _snake_case(inner) for name, inner in value.items()}
    return value


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REPRESENTATION"})


def entity_definitions(types: Mapping[str, GraphQLNamedType]) -> dict[str, StrawberryObjectDefinition]:
    """The Strawberry definitions of a schema's types, by name."""
    definitions = {name: one.extensions.get("strawberry-definition") for name, one in types.items()}
    return {name: one for name, one in definitions.items() if isinstance(one, StrawberryObjectDefinition)}
