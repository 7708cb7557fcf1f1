"""Runs a plan's fetches, each as soon as those that it needs are done, and merges their answers in place."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import orjson

from gateway.executor.errors import AnswerErrors, SubrequestError
from gateway.executor.merge import merge
from gateway.executor.objects import locations_of, objects_at
from gateway.executor.representations import Batch, batch_of
from gateway.executor.subgraph_errors import pass_on
from gateway.jsontext import written
from gateway.jsontypes import Json, JsonObject
from gateway.planner.plan import Fetch, Part, Plan, Stage
from gateway.tracing import fetch_span, span_failed, with_span

MISSING = "missing"


class Post(Protocol):
    async def __call__(
        self, subgraph: str, body: bytes, headers: Mapping[str, str], *, repeatable: bool
    ) -> JsonObject: ...


@dataclass(slots=True)
class Execution:
    """One operation on its way: `data` is the merged answer in stored keys."""

    plan: Plan
    variables: JsonObject
    headers: Mapping[str, str]
    post: Post
    errors: AnswerErrors
    data: JsonObject = field(default_factory=dict)
    fetches: int = 0

    async def run(self) -> None:
        for stage in self.plan.stages:
            await _StageRun(self, stage).run()

    async def complete(self, fetch: Fetch, answer: JsonObject) -> None:
        """Take an answer to the first fetch that came by itself, and fetch what it leaves open."""
        _take(self, fetch, [], [self.data], answer)
        await _StageRun(self, self.plan.stages[0]).run_after(fetch)


class _StageRun:
    def __init__(self, execution: Execution, stage: Stage) -> None:
        self._execution = execution
        self._by_index = {fetch.index: fetch for fetch in stage.fetches}
        self._waiting = {fetch.index: len(fetch.needs) for fetch in stage.fetches}
        self._first = list(stage.first)

    async def run(self) -> None:
        await self._all(self._first)

    async def run_after(self, fetch: Fetch) -> None:
        await self._all(list(self._released(fetch)))

    async def _all(self, fetches: list[Fetch]) -> None:
        if len(fetches) == 1:
            await self._one(fetches[0])
        elif fetches:
            await asyncio.gather(*map(self._one, fetches))

    async def _one(self, fetch: Fetch) -> None:
        await _run_fetch(self._execution, fetch)
        await self._all(list(self._released(fetch)))

    def _released(self, fetch: Fetch) -> Iterable[Fetch]:
        for index in fetch.followers:
            self._waiting[index] -= 1
            if self._waiting[index] == 0:
                yield self._by_index[index]


async def _run_fetch(execution: Execution, fetch: Fetch) -> None:
    batches = [batch_of(execution.data, part) for part in fetch.parts]
    for part, batch in zip(fetch.parts, batches, strict=True):
        if batch.unfit:
            _record_unfit(execution, fetch.subgraph, part, batch)
    if fetch.parts and not any(batch.representations for batch in batches):
        return
    targets = [] if fetch.parts else objects_at(execution.data, fetch.path, None)
    if not fetch.parts and not targets:
        return
    body = request_body(fetch, execution.variables, batches)
    execution.fetches += 1
    with fetch_span(fetch.subgraph, fetch.operation_name) as span:
        headers = execution.headers if span is None else with_span(execution.headers)
        try:
            answer = await execution.post(fetch.subgraph, body, headers, repeatable=fetch.operation == "query")
        except SubrequestError as error:
            span_failed(error.code)
            _record_failure(execution, fetch, error)
            return
    try:
        _take(execution, fetch, batches, targets, answer)
    except RecursionError:  # two values of one field, nested too deeply to become one
        _record_failure(execution, fetch, _malformed(fetch))


def request_body(fetch: Fetch, given: JsonObject, batches: Sequence[Batch] = ()) -> bytes:
    own = {v: given[v] for v in fetch.variables if v in given}
    found = {part.variable: _list(batch) for part, batch in zip(fetch.parts, batches, strict=True)}
    request: dict[str, object] = {"query": fetch.query, "operationName": fetch.operation_name}
    if own or found:
        request["variables"] = {**own, **found}
    try:
        return orjson.dumps(request)
    except orjson.JSONEncodeError:
        request["variables"] = {**{v: orjson.Fragment(written(value)) for v, value in own.items()}, **found}
        return orjson.dumps(request)


def _list(batch: Batch) -> orjson.Fragment:
    return orjson.Fragment(b"[" + b",".join(batch.representations) + b"]")


def _record_unfit(execution: Execution, subgraph: str, part: Part, batch: Batch) -> None:
    error = SubrequestError("UNFIT_VALUE", f"What the subgraph {subgraph} requires is nested too deeply to be sent.")
    locations = locations_of(execution.data, part.path, part.types)
    execution.errors.fetch_failed(subgraph, error, [locations[position] for position in batch.unfit], part.owes)


def _record_failure(execution: Execution, fetch: Fetch, error: SubrequestError) -> None:
    if not fetch.parts:
        locations = locations_of(execution.data, fetch.path, None)
        execution.errors.fetch_failed(fetch.subgraph, error, locations, fetch.owes)
    for part in fetch.parts:
        locations = locations_of(execution.data, part.path, part.types)
        execution.errors.fetch_failed(fetch.subgraph, error, locations, part.owes)


def _take(
    execution: Execution, fetch: Fetch, batches: list[Batch], targets: list[JsonObject], answer: JsonObject
) -> None:
    data, told = answer.get("data"), bool(answer.get("errors"))
    if told:
        pass_on(execution.errors, execution.data, fetch, batches, answer)
    if not isinstance(data, dict):
        if not told:
            _record_failure(execution, fetch, _malformed(fetch))
        return
    for target in targets:
        merge(target, data)
    for part, batch in zip(fetch.parts, batches, strict=True):
        missing = _take_entities(batch, data.get(part.alias))
        if missing and not told:
            locations = locations_of(execution.data, part.path, part.types)
            lacking = [locations[position] for position in missing]
            execution.errors.fetch_failed(fetch.subgraph, _malformed(fetch), lacking, part.owes)


def _take_entities(batch: Batch, entities: Json) -> list[int]:
    """The positions of objects that were asked for and for which there is neither an entity nor a null."""
    missing: list[int] = []
    count = len(batch.positions)
    given = entities[:count] if isinstance(entities, list) else []
    padded = [*given, *[MISSING] * (count - len(given))] if len(given) < count else given
    for positions, entity in zip(batch.positions, padded, strict=True):
        if isinstance(entity, dict):
            for position in positions:
                merge(batch.objects[position], entity)
        elif entity is not None:
            missing += positions
    return missing


def _malformed(fetch: Fetch) -> SubrequestError:
    message = f"The subgraph {fetch.subgraph} answered without what it was asked for."
    return SubrequestError("SUBREQUEST_MALFORMED", message)
