"""Finds objects of the merged answer by a plan's path."""

from collections.abc import Iterator

from gateway.jsontypes import Json, JsonObject, ResponsePath
from gateway.planner.fetches import Path

DEEPEST_LIST = 50
"""Lists within lists beyond it are nothing that a schema declares."""


def objects_at(data: JsonObject, path: Path, types: frozenset[str] | None) -> list[JsonObject]:
    """The objects at the path in their order; an object that stands there twice is there twice."""
    current = [data]
    for segment in path:
        following: list[JsonObject] = []
        for holder in current:
            if is_of(holder, segment.types):
                _spread(holder.get(segment.key), following)
        current = following
    return [o for o in current if is_of(o, types)] if types is not None else current


def is_of(value: JsonObject, types: frozenset[str] | None) -> bool:
    """An object whose type isn't known (yet) counts: the subgraph will sort it out."""
    if types is None or "__typename" not in value:
        return True
    type_name = value["__typename"]
    return isinstance(type_name, str) and type_name in types


def _spread(value: Json, into: list[JsonObject], depth: int = 0) -> None:
    if isinstance(value, dict):
        into.append(value)
    elif isinstance(value, list) and depth < DEEPEST_LIST:
        for item in value:
            _spread(item, into, depth + 1)


def locations_of(data: JsonObject, path: Path, types: frozenset[str] | None) -> list[ResponsePath]:
    """Where the objects of `objects_at` are, in the same order. Only needed when something failed."""
    current: list[tuple[JsonObject, ResponsePath]] = [(data, ())]
    for segment in path:
        current = [
            found
            for holder, location in current
            if is_of(holder, segment.types)
            for found in _located(holder.get(segment.key), (*location, segment.key))
        ]
    return [location for value, location in current if is_of(value, types)]


def _located(value: Json, location: ResponsePath, depth: int = 0) -> Iterator[tuple[JsonObject, ResponsePath]]:
    if isinstance(value, dict):
        yield value, location
    elif isinstance(value, list) and depth < DEEPEST_LIST:
        for index, item in enumerate(value):
            yield from _located(item, (*location, index), depth + 1)
