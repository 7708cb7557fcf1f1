"""Prove the books: make everything afresh of what the facts of the ledger say, and compare."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from servicekit.storage.mongo import Database, Document

from evaluation.domain.books import Recount
from evaluation.domain.contributions import EVERY_LANE, CellKey, Counts, FactKey, StandingKey, add_cells, counting
from evaluation.storage import cells, ledger, standings
from evaluation.storage.collections import CELLS, LEDGER, STANDINGS
from evaluation.storage.reading import one_instant

K = TypeVar("K", CellKey, StandingKey)
Tell = Callable[[str, int], None]

TOLD_EVERY = 1_000
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs of a fact, a standing, a lane's share of one or a cell; `kept` is empty where there is none."""

    key: CellKey | StandingKey | FactKey
    kept: Mapping[str, Any]
    counted: Mapping[str, Any]


@dataclass(slots=True)
class LaneReport:
    """`drifting` is how many drifts there are, `drifts` are the first of them."""

    lane: str
    facts: int = 0
    drifting: int = 0
    drifts: list[Drift] = field(default_factory=list)

    def add(self, drift: Drift) -> None:
        self.drifting += 1
        if len(self.drifts) < SHOWN:
            self.drifts.append(drift)

    def compare(self, key: FactKey | StandingKey, kept: Document, fresh: Document) -> None:
        if kept != fresh:
            self.add(Drift(key, _unlike(kept, fresh), _unlike(fresh, kept)))

    async def compare_sums(self, kept: AsyncIterator[tuple[K, Counts]], counted: dict[K, Counts]) -> None:
        """In the order of their keys; takes what is kept out of `counted`."""
        drifts = [Drift(key, counts, fresh) async for key, counts in kept if (fresh := counted.pop(key, {})) != counts]
        drifts += [Drift(key, {}, counts) for key, counts in counted.items()]
        for drift in sorted(drifts, key=lambda drift: drift.key):
            self.add(drift)


async def proven_apart(database: Database) -> list[str]:
    """The lanes of which anything is kept, and EVERY_LANE for what is so only of all together."""
    kept = ((LEDGER, "lane"), (CELLS, "lane"), (STANDINGS, "lanes"))
    lanes = {lane for book, name in kept for lane in await database[book].distinct(name)}
    return [*sorted(lanes - {EVERY_LANE}), EVERY_LANE] if lanes else []


async def verify(
    database: Database, *, skip: Collection[str] = (), tell: Tell = lambda _lane, _facts: None
) -> AsyncIterator[LaneReport]:
    """Lane by lane, each as it stood at one instant."""
    for lane in await proven_apart(database):
        if lane not in skip:
            yield await verify_lane(database, lane, tell)


async def verify_lane(database: Database, lane: str, tell: Tell = lambda _lane, _facts: None) -> LaneReport:
    """Facts and kept books pass by one after another: what is held are the sums, so a document a cell and a member."""
    async with one_instant(database):
        return await (_across(database) if lane == EVERY_LANE else _lane(database, lane, tell))


async def _lane(database: Database, lane: str, tell: Tell) -> LaneReport:
    """That each fact is kept as what follows from it, and that cells and shares are the sums over the facts."""
    report, fresh = LaneReport(lane), Recount()
    async for document in ledger.kept_in_lane(database, lane):
        fact = ledger.fact_of(document)
        fresh.take(fact)
        report.compare(FactKey(lane, document["_id"]), document, ledger.document_of(fact))
        report.facts += 1
        if report.facts % TOLD_EVERY == 0:
            tell(lane, TOLD_EVERY)
            await asyncio.sleep(0)
    tell(lane, report.facts % TOLD_EVERY)
    counted = fresh.result()
    shares = {StandingKey(lane, member): one.shares[lane] for member, one in counted.standings.items()}
    await report.compare_sums(cells.cells_of_lane(database, lane), counted.cells)
    await report.compare_sums(standings.shares_of_lane(database, lane), shares)
    return report


async def _across(database: Database) -> LaneReport:
    """That each standing is kept as what follows from its shares, which the lanes prove; and what several reach."""
    report, counted = LaneReport(EVERY_LANE), dict[CellKey, Counts]()
    async for document in standings.kept(database):
        standing = standings.standing_of(document)
        add_cells(counted, standing.across())
        report.compare(StandingKey(EVERY_LANE, standing.member), document, standings.document_of(standing))
    await report.compare_sums(cells.cells_of_lane(database, EVERY_LANE), counting(counted))
    return report


def _unlike(document: Document, other: Document) -> Document:
    """The fields that are otherwise in the other one."""
    return {name: value for name, value in document.items() if name not in other or other[name] != value}
