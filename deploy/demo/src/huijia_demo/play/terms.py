"""Things that hold until they are ended. They are looked up first: one that was ended must not be made again."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Protocol, TypeVar

from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage


class Ends(Protocol):
    @property
    def ended_on(self) -> date | None: ...


K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Ends)


async def make_missing(
    stage: Stage,
    make: Mutation,
    there: Mapping[K, Json],
    things: Iterable[tuple[K, T]],
    by: Callable[[T], str],
    row: Callable[[T], Json],
) -> dict[T, Json]:
    """Make what is not `there` under its key; everything as the server has it."""
    keyed = list(things)
    stored = {thing: there[key] for key, thing in keyed if key in there}
    stage.advance(len(stored))
    missing = [thing for key, thing in keyed if key not in there]
    return stored | dict(await stage.send(make, missing, by, row))


async def end_over(stage: Stage, end: Mutation, stored: Mapping[T, Json], by: Callable[[T], str]) -> None:
    """End what is over in the scenario and not yet on the server."""

    def row(thing: T) -> Json:
        return {"id": stored[thing]["id"], "endedOn": thing.ended_on.isoformat() if thing.ended_on else None}

    over = [thing for thing, node in stored.items() if thing.ended_on and not node["endedOn"]]
    await stage.send(end, over, by, row, alone=True)
