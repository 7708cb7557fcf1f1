"""Prove the books: count everything afresh from the ledger and compare."""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from servicekit.storage.mongo import Database

from evaluation.domain.books import recount
from evaluation.domain.contributions import CellKey, Counts, StandingKey
from evaluation.domain.standings import Standing
from evaluation.storage import cells, ledger, standings
from evaluation.storage.reading import one_instant

K = TypeVar("K", CellKey, StandingKey)


@dataclass(frozen=True, slots=True)
class Drift:
    """A cell or standing that isn't what the ledger says; empty counts where it isn't there at all."""

    key: CellKey | StandingKey
    kept: Counts
    counted: Counts


@dataclass(frozen=True, slots=True)
class LaneReport:
    lane: str
    facts: int
    drifts: list[Drift]


async def verify(database: Database, *, skip: Collection[str] = ()) -> AsyncIterator[LaneReport]:
    """Lane by lane, each as it stood at one instant: what differs from a fresh count of its facts."""
    for lane in await ledger.lanes(database):
        if lane in skip:
            continue
        async with one_instant(database):
            facts = [fact async for fact in ledger.facts_of_lane(database, lane)]
            kept_cells = await cells.cells_of_lane(database, lane)
            kept_standings = await standings.standings_of_lane(database, lane)
        fresh = recount(facts)
        drifts = [
            *_drifts(kept_cells, fresh.cells),
            *_drifts(_counts(kept_standings), _counts(fresh.standings)),
        ]
        yield LaneReport(lane, len(facts), drifts)


def _counts(held: Mapping[StandingKey, Standing]) -> dict[StandingKey, Counts]:
    return {key: standing.counts for key, standing in held.items()}


def _drifts(kept: Mapping[K, Counts], counted: Mapping[K, Counts]) -> list[Drift]:
    keys = sorted(kept.keys() | counted.keys())
    return [
        Drift(key, kept.get(key, {}), counted.get(key, {})) for key in keys if kept.get(key, {}) != counted.get(key, {})
    ]
