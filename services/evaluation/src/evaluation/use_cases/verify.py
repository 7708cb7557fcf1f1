"""Prove the books: count everything afresh from the ledger and compare."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from servicekit.storage.mongo import Database

from evaluation.domain.books import Recount
from evaluation.domain.contributions import EVERY_LANE, CellKey, Counts, StandingKey, add_cells, counting
from evaluation.storage import cells, ledger, standings
from evaluation.storage.reading import one_instant

K = TypeVar("K", CellKey, StandingKey)
Tell = Callable[[str, int], None]

TOLD_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Drift:
    """A cell, or a lane's share of a standing, that isn't what the ledger says; empty counts where there is none."""

    key: CellKey | StandingKey
    kept: Counts
    counted: Counts


@dataclass(frozen=True, slots=True)
class LaneReport:
    lane: str
    facts: int
    drifts: list[Drift]


async def proven_apart(database: Database) -> list[str]:
    """The lanes, and EVERY_LANE for what counts only of all together."""
    lanes = await ledger.lanes(database)
    return [*lanes, EVERY_LANE] if lanes else []


async def verify(
    database: Database, *, skip: Collection[str] = (), tell: Tell = lambda _lane, _facts: None
) -> AsyncIterator[LaneReport]:
    """Lane by lane, each as it stood at one instant: what differs from a fresh count of its facts."""
    for lane in await proven_apart(database):
        if lane not in skip:
            yield await verify_lane(database, lane, tell)


async def verify_lane(database: Database, lane: str, tell: Tell = lambda _lane, _facts: None) -> LaneReport:
    """Facts and kept books pass by one after another: what is held are the sums, so a document a cell and a member."""
    async with one_instant(database):
        if lane == EVERY_LANE:
            return LaneReport(lane, 0, await _drifts(cells.cells_of_lane(database, lane), await _across(database)))
        fresh, facts = Recount(), 0
        async for fact in ledger.facts_of_lane(database, lane):
            fresh.take(fact)
            facts += 1
            if facts % TOLD_EVERY == 0:
                tell(lane, TOLD_EVERY)
                await asyncio.sleep(0)
        tell(lane, facts % TOLD_EVERY)
        counted = fresh.result()
        shares = {StandingKey(lane, member): one.shares[lane] for member, one in counted.standings.items()}
        drifts: list[Drift] = [
            *await _drifts(cells.cells_of_lane(database, lane), counted.cells),
            *await _drifts(standings.shares_of_lane(database, lane), shares),
        ]
    return LaneReport(lane, facts, drifts)


async def _across(database: Database) -> dict[CellKey, Counts]:
    """Of the standings, whose shares are proven by their lanes."""
    counted: dict[CellKey, Counts] = {}
    async for standing in standings.in_several_lanes(database):
        add_cells(counted, standing.across())
    return counting(counted)


async def _drifts(kept: AsyncIterator[tuple[K, Counts]], counted: dict[K, Counts]) -> list[Drift]:
    """In the order of their keys; takes what is kept out of `counted`."""
    found = [Drift(key, counts, fresh) async for key, counts in kept if (fresh := counted.pop(key, {})) != counts]
    found += [Drift(key, {}, counts) for key, counts in counted.items()]
    return sorted(found, key=lambda drift: drift.key)
