"""What every phase needs: the endpoint, tokens, what the server calls things, and the pace to keep."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from huijia_demo.city.model import City, Claim, Grid, Offer, Organ, Person, Unit
from huijia_demo.pace import Pace
from huijia_demo.play.badges import Badges
from huijia_demo.play.endpoint import Endpoint, Json
from huijia_demo.play.mutations import MOST_ROWS, Mutation, parts
from huijia_demo.play.problems import PlayError

R = TypeVar("R")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

AT_ONCE = 4
# A single row waits more for the disk than it works.
ALONE_AT_ONCE = 16
PAGE = 100
# So many of a thing that needs to be seen, and not to be counted.
HANDFUL = 5


@dataclass
class Stage:
    """The ids are the server's own, learned from its answers. `open311` is the address of that endpoint."""

    city: City
    endpoint: Endpoint
    badges: Badges
    pace: Pace
    open311: str
    units: dict[Unit, str] = field(default_factory=dict)
    grids: dict[Grid, str] = field(default_factory=dict)
    members: dict[Person, str] = field(default_factory=dict)
    offers: dict[Offer, str] = field(default_factory=dict)
    claims: dict[Claim, str] = field(default_factory=dict)
    organs: dict[Organ, str] = field(default_factory=dict)

    def phase(self, name: str, rows: int) -> AbstractContextManager[None]:
        return self.pace.phase(name, rows)

    def advance(self, rows: int) -> None:
        self.pace.advance(rows)

    async def each(self, act: Callable[[T], Awaitable[R]], rows: Iterable[T], at_once: int = AT_ONCE) -> list[R]:
        """Act on the rows side by side, a few at once; the first failure stops the others and is raised."""
        gate = asyncio.Semaphore(at_once)

        async def gated(row: T) -> R:
            async with gate:
                return await act(row)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(gated(row)) for row in rows]
        except* PlayError as failures:
            raise failures.exceptions[0] from None
        return [task.result() for task in tasks]

    async def send(
        self,
        mutation: Mutation,
        rows: Iterable[T],
        by: Callable[[T], str],
        row: Callable[[T], Json],
        alone: bool = False,
    ) -> list[tuple[T, Json]]:
        """Send rows, in bulk unless `alone`, with the token that `by` names; what came of each."""

        async def call(token_and_part: tuple[str, Sequence[T]]) -> list[tuple[T, Json]]:
            token, part = token_and_part
            outcomes = await mutation.send(self.endpoint, token, [row(one) for one in part], alone)
            self.advance(len(part))
            return list(zip(part, outcomes, strict=True))

        most, at_once = (1, ALONE_AT_ONCE) if alone else (MOST_ROWS, AT_ONCE)
        calls = [(token, part) for token, some in grouped(rows, by).items() for part in parts(some, most)]
        return [pair for pairs in await self.each(call, calls, at_once) for pair in pairs]

    async def send_one(self, mutation: Mutation, token: str, row: Json) -> Json:
        """What came of one row of no person or thing of the scenario."""
        ((_, outcome),) = await self.send(mutation, [row], lambda _: token, dict, alone=True)
        return outcome

    async def nodes(self, document: str, token: str, path: Sequence[str], **variables: object) -> list[Json]:
        """All nodes of the connection at `path`, page by page; the document takes $first and $after."""
        nodes: list[Json] = []
        after: str | None = None
        while True:
            connection = await self.endpoint.ask(document, token, first=PAGE, after=after, **variables)
            for step in path:
                connection = connection[step]
            nodes += connection["nodes"]
            if not connection["pageInfo"]["hasNextPage"]:
                return nodes
            after = connection["pageInfo"]["endCursor"]


def few(things: Iterable[T]) -> list[T]:
    return list(islice(things, HANDFUL))


def grouped(rows: Iterable[T], key: Callable[[T], K]) -> Mapping[K, Sequence[T]]:
    groups: defaultdict[K, list[T]] = defaultdict(list)
    for one in rows:
        groups[key(one)].append(one)
    return groups
