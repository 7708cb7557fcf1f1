"""Things that go from status to status: each step is taken by those that stand before it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from huijia_demo.city.model import Path
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage


class Travels(Protocol):
    @property
    def path(self) -> Path: ...


T = TypeVar("T", bound=Travels)


@dataclass(frozen=True)
class Stored:
    """What the server calls a thing, and how far it is."""

    id: str
    status: str

    @classmethod
    def of(cls, node: Json) -> Self:
        return cls(node["id"], node["status"])


@dataclass(frozen=True)
class Step(Generic[T]):
    """One step to the status `to`: whose token sends it, and the row beside the thing's id."""

    to: str
    mutation: Mutation
    by: Callable[[T], str]
    id_field: str
    row: Callable[[T], Json] = lambda _: {}
    alone: bool = False


async def walk(stage: Stage, made: Iterable[tuple[T, Json]], steps: Sequence[Step[T]]) -> None:
    """Take things on from where the server has them, along their own paths; steps come in an order that fits all."""
    stored = {thing: Stored.of(outcome) for thing, outcome in made}
    for step in steps:
        due = [thing for thing, there in stored.items() if (there.status, step.to) in _steps_of(thing)]
        done = await _take(stage, step, due, stored)
        stored.update((thing, Stored.of(outcome)) for thing, outcome in done)


async def _take(stage: Stage, step: Step[T], due: list[T], stored: dict[T, Stored]) -> list[tuple[T, Json]]:
    def row(thing: T) -> Json:
        return {step.id_field: stored[thing].id, **step.row(thing)}

    return await stage.send(step.mutation, due, step.by, row, step.alone)


def _steps_of(thing: Travels) -> set[tuple[str, str]]:
    return set(zip(thing.path, thing.path[1:], strict=False))


def rows_of(things: Iterable[Travels]) -> int:
    """How many rows it takes to bring all of them to their ends."""
    return sum(len(thing.path) for thing in things)
