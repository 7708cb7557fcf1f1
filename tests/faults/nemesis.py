"""The nemesis: two hands, one on the stores and one on the processes, that never rest and never repeat themselves."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from tests.faults.cluster import Cluster
from tests.faults.kinds import PROCESSES, STORES, Kind


@dataclass(frozen=True)
class Fault:
    """What was done to whom, from when until when it was healed (monotonic seconds)."""

    kind: str
    target: str
    began: float
    healed: float


@dataclass
class Nemesis:
    """The same seed does the same kinds to the same targets in the same order, where these are not chosen by state."""

    cluster: Cluster
    seed: int
    tell: Callable[[Fault], None] = lambda _fault: None
    faults: list[Fault] = field(default_factory=list)

    async def run(self, seconds: float) -> None:
        """Disturb for so long, and leave everything healed."""
        until = monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for name, kinds in (("stores", STORES), ("processes", PROCESSES)):
                group.create_task(self._hand(Random(f"{self.seed}-{name}"), kinds, until))

    async def _hand(self, chance: Random, kinds: Sequence[Kind], until: float) -> None:
        for kind in _shuffled_for_ever(chance, kinds):
            if monotonic() > until:
                return
            await self._inflict(kind, chance)
            if kinds is STORES:
                await asyncio.to_thread(self.cluster.wait_whole)
            await asyncio.sleep(chance.uniform(0.2, 1))

    async def _inflict(self, kind: Kind, chance: Random) -> None:
        target = await asyncio.to_thread(kind.target, self.cluster, chance)
        began = monotonic()
        inflicted = kind.inflicted(self.cluster, target)
        await asyncio.to_thread(inflicted.__enter__)
        await asyncio.sleep(chance.uniform(*kind.seconds))
        await asyncio.to_thread(inflicted.__exit__, None, None, None)
        fault = Fault(kind.name, target, began, monotonic())
        self.faults.append(fault)
        self.tell(fault)


def _shuffled_for_ever(chance: Random, kinds: Sequence[Kind]) -> Iterator[Kind]:
    while True:
        yield from chance.sample(kinds, len(kinds))
