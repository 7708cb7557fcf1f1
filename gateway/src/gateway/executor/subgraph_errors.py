"""Passes a subgraph's own errors on: with paths of the client's answer, extensions kept."""

from collections.abc import Iterator
from functools import cache

from gateway.executor.errors import MAX_ERRORS, AnswerErrors
from gateway.executor.objects import locations_of
from gateway.executor.representations import Batch
from gateway.jsontypes import Json, JsonObject, ResponsePath
from gateway.planner.plan import Fetch, Part

LONGEST_PATH = 200


def pass_on(errors: AnswerErrors, data: JsonObject, fetch: Fetch, batches: list[Batch], answer: JsonObject) -> None:
    listed = answer["errors"]
    places = _Places(data, fetch, batches)
    for error in listed[:MAX_ERRORS] if isinstance(listed, list) else [listed]:
        found = error if isinstance(error, dict) else {}
        message = found.get("message")
        extensions = _extensions(fetch.subgraph, found.get("extensions"))
        text = message if isinstance(message, str) else f"The subgraph {fetch.subgraph} answered with an error."
        for path in places.of(found.get("path")):
            errors.add_stored(text, path, extensions)


def _extensions(subgraph: str, given: Json) -> JsonObject:
    """What the subgraph tells, except from which one it comes."""
    told = given if isinstance(given, dict) else {}
    return {"code": "DOWNSTREAM_SERVICE_ERROR", **told, "service": subgraph}


class _Places:
    """Where in the answer the objects of a fetch are: looked up once, however many errors are about them."""

    def __init__(self, data: JsonObject, fetch: Fetch, batches: list[Batch]) -> None:
        self._fetch = fetch
        self._batches = batches
        self._located = cache(lambda path, types: locations_of(data, path, types))

    def of(self, given: Json) -> Iterator[ResponsePath]:
        """Every place that the error is about: a representation may stand for several objects."""
        steps = given[:LONGEST_PATH] if isinstance(given, list) else ()
        path = tuple(step for step in steps if isinstance(step, str | int))
        fetch = self._fetch
        if not fetch.parts:
            for location in self._located(fetch.path, None):
                yield (*location, *(path or fetch.owes[:1]))
            return
        for part, batch in zip(fetch.parts, self._batches, strict=True):
            if not path or path[0] == part.alias:
                yield from self._of_entities(part, batch, path)

    def _of_entities(self, part: Part, batch: Batch, path: ResponsePath) -> Iterator[ResponsePath]:
        locations = self._located(part.path, part.types)
        index = path[1] if len(path) > 1 else None
        if isinstance(index, int) and 0 <= index < len(batch.positions):
            rest = path[2:] or part.owes[:1]
            for position in batch.positions[index]:
                yield (*locations[position], *rest)
        else:
            for location in locations[:1]:
                yield (*location, *part.owes[:1])
