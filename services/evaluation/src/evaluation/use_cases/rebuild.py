"""Rebuild the books from the archive of events, beside the kept ones, and put them in their place.

The rebuilt books grow in a database of their own, each group of batches in one transaction with the position that it
reaches: a rebuild that was cut off goes on where it was.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from servicekit.domain import Clock
from servicekit.events import Event
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, open_database
from servicekit.storage.work import Work

from evaluation.domain.facts import Fact
from evaluation.storage import archive, rules, verifications
from evaluation.storage.collections import CELLS, COLLECTIONS, LEDGER, STANDINGS
from evaluation.storage.digests import digest
from evaluation.use_cases.keep_facts import keep_facts

BOOKS = (LEDGER, CELLS, STANDINGS)
PROGRESS = "rebuild_progress"
GROUP_EVENTS = 2_000

Reader = Callable[[Sequence[Event]], list[Fact]]


@dataclass(frozen=True, slots=True)
class Step:
    """So many events of the lane were replayed."""

    lane: str
    events: int


class Rebuild:
    """`read` makes facts of events. The workers of this service must not run while the books are exchanged.

    With `until` (the last batch to take, by lane) the books come out as they stood there; `name` tells such rebuilds
    apart.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        read: Reader,
        *,
        until: Mapping[str, int] | None = None,
        name: str = "rebuild",
    ) -> None:
        self._kept = database
        self._read = read
        self._until = until
        self.rebuilt = open_database(database.client, f"{database.name}_{name}")
        self._commands = Commands(self.rebuilt, source="evaluation", clock=clock)

    async def events_left(self) -> int:
        """How many archived events aren't replayed yet."""
        done = await self._done()
        lanes = await self._last()
        return sum(
            [await archive.events_between(self._kept, lane, done.get(lane, 0), until) for lane, until in lanes.items()]
        )

    async def replay(self) -> AsyncIterator[Step]:
        """Replay what is archived and not replayed yet, lane by lane."""
        done = await self._done()
        if not done:
            # Books without a position are what is left of a rebuild that was being cleared.
            await self.clear()
        await ensure_indexes(self.rebuilt, {name: COLLECTIONS[name] for name in BOOKS} | {PROGRESS: []})
        for lane, until in (await self._last()).items():
            async for group in _groups(archive.batches(self._kept, lane, beyond=done.get(lane, 0), until=until)):
                events = [event for batch in group for event in batch.events]
                await self._commands.run(_replay, lane, group[-1].seq, self._read(events))
                yield Step(lane, len(events))

    async def differing(self) -> list[str]:
        """The names of those of the books whose kept content isn't byte for byte the rebuilt one."""
        return [name for name in BOOKS if await digest(self._kept[name]) != await digest(self.rebuilt[name])]

    async def replace(self) -> None:
        """Put the rebuilt books in the place of the kept ones; each collection is exchanged at once, indexes stay.

        What was proven of the others says nothing of these.
        """
        for name in BOOKS:
            await (await self.rebuilt[name].aggregate([{"$out": {"db": self._kept.name, "coll": name}}])).to_list()
        await rules.note(self._kept)
        await verifications.clear(self._kept)

    async def clear(self) -> None:
        """The position goes first: cut off after it, nothing goes on with books that are half gone.

        By collections, since the right to write does not go as far as dropping a database.
        """
        for name in (PROGRESS, *await self.rebuilt.list_collection_names()):
            await self.rebuilt[name].drop()

    async def _last(self) -> Mapping[str, int]:
        return await archive.positions(self._kept) if self._until is None else self._until

    async def _done(self) -> dict[str, int]:
        return {row["_id"]: row["seq"] async for row in self.rebuilt[PROGRESS].find()}


async def _replay(work: Work, lane: str, seq: int, facts: Sequence[Fact]) -> None:
    await keep_facts(work, facts)
    await work.collection(PROGRESS).update_one({"_id": lane}, {"$set": {"seq": seq}}, upsert=True)


async def _groups(batches: AsyncIterator[archive.Batch]) -> AsyncIterator[list[archive.Batch]]:
    """Batches by groups of about GROUP_EVENTS events."""
    group: list[archive.Batch] = []
    async for batch in batches:
        group.append(batch)
        if sum(len(one.events) for one in group) >= GROUP_EVENTS:
            yield group
            group = []
    if group:
        yield group
