"""Builds the representations of objects that another subgraph is to complete, each only once."""

from dataclasses import dataclass

from gateway.executor.objects import is_of, objects_at
from gateway.jsontext import TooDeep, written
from gateway.jsontypes import Json, JsonObject
from gateway.planner.fetches import Reading
from gateway.planner.plan import Part


class _Missing(Exception):
    """A field of the representation was never fetched: its own fetch failed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Distinct representations as JSON; `positions[i]` are the indices of the objects that representation i stands for.

    `unfit` are the indices of those whose values can't be sent.
    """

    objects: list[JsonObject]
    representations: list[bytes]
    positions: list[list[int]]
    unfit: list[int]


def batch_of(data: JsonObject, part: Part) -> Batch:
    objects = objects_at(data, part.path, part.types)
    known: dict[bytes, list[int]] = {}
    unfit: list[int] = []
    for position, value in enumerate(objects):
        representation = representation_of(value, part)
        if representation is None:
            continue
        try:
            text = written(representation)
        except TooDeep:
            unfit.append(position)
            continue
        positions = known.get(text)
        if positions is None:
            known[text] = [position]
        else:
            positions.append(position)
    return Batch(objects, list(known), list(known.values()), unfit)


def representation_of(value: JsonObject, part: Part) -> JsonObject | None:
    type_name = value.get("__typename") if part.read_typename else part.type_name
    found: JsonObject = {"__typename": type_name}
    try:
        for reading in part.readings:
            found[reading.name] = _read(value, reading)
    except _Missing:
        return None
    if all(found[key] is None for key in part.keys):
        return None
    return found


def _read(value: JsonObject, reading: Reading) -> Json:
    if reading.key not in value:
        raise _Missing
    found = value[reading.key]
    return found if reading.children is None else _shape(found, reading.children)


def _shape(value: Json, children: tuple[tuple[frozenset[str] | None, tuple[Reading, ...]], ...]) -> Json:
    if isinstance(value, list):
        return [_shape(item, children) for item in value]
    if not isinstance(value, dict):
        return None
    shaped: JsonObject = {}
    if "__typename" in value:
        shaped["__typename"] = value["__typename"]
    for types, readings in children:
        if is_of(value, types):
            shaped.update((reading.name, _read(value, reading)) for reading in readings)
    return shaped
