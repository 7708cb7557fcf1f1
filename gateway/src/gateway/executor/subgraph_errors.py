"""Passes a subgraph's own errors on: with paths of the client's answer, extensions kept."""

from collections.abc import Iterator

from gateway.executor.errors import AnswerErrors
from gateway.executor.objects import locations_of
from gateway.executor.representations import Batch
from gateway.jsontypes import Json, JsonObject, ResponsePath
from gateway.planner.plan import Fetch, Part


def pass_on(errors: AnswerErrors, data: JsonObject, fetch: Fetch, batches: list[Batch], answer: JsonObject) -> None:
    listed = answer["errors"]
    for error in listed if isinstance(listed, list) else [listed]:
        found = error if isinstance(error, dict) else {}
        message = found.get("message")
        extensions = _extensions(fetch.subgraph, found.get("extensions"))
        text = message if isinstance(message, str) else f"The subgraph {fetch.subgraph} answered with an error."
        for path in _paths(data, fetch, batches, found.get("path")):
            errors.add_stored(text, path, extensions)


def _extensions(subgraph: str, given: Json) -> JsonObject:
    own: JsonObject = {"code": "DOWNSTREAM_SERVICE_ERROR", "service": subgraph}
    return {**own, **given} if isinstance(given, dict) else own


def _paths(data: JsonObject, fetch: Fetch, batches: list[Batch], given: Json) -> Iterator[ResponsePath]:
    """Every place of the answer that the error is about: a representation may stand for several objects."""
    path = tuple(step for step in given if isinstance(step, str | int)) if isinstance(given, list) else ()
    if not fetch.parts:
        for location in locations_of(data, fetch.path, None):
            yield (*location, *(path or fetch.owes[:1]))
        return
    for part, batch in zip(fetch.parts, batches, strict=True):
        if not path or path[0] == part.alias:
            yield from _entity_paths(data, part, batch, path)


def _entity_paths(data: JsonObject, part: Part, batch: Batch, path: ResponsePath) -> Iterator[ResponsePath]:
    locations = locations_of(data, part.path, part.types)
    index = path[1] if len(path) > 1 else None
    if isinstance(index, int) and 0 <= index < len(batch.positions):
        rest = path[2:] or part.owes[:1]
        for position in batch.positions[index]:
            yield (*locations[position], *rest)
    else:
        for location in locations[:1]:
            yield (*location, *part.owes[:1])
