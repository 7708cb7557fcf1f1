"""Reading counts: a few hundred yearly cells, and the few members whose services lie in several lanes."""

from collections.abc import Collection, Iterable

from servicekit.storage.mongo import Database, Document

from evaluation.domain.contributions import COUNTERS, EVERY_UNIT, EVERY_UNIT_BY_MONTH, Counts, add
from evaluation.domain.indicators import YearCounts
from evaluation.domain.standings import MINIMUM_SERVICES
from evaluation.storage.collections import CELLS, STANDINGS
from evaluation.storage.reading import one_instant, within

UnitPlace = tuple[str, str]


async def year_counts(database: Database, prefixes: Collection[str], year: int) -> dict[str, list[YearCounts]]:
    """For each prefix of codes the counts of the divisions under it, every year; `served` only of `year` is whole."""
    async with one_instant(database):
        return await year_counts_here(database, prefixes, year)


async def year_counts_here(database: Database, prefixes: Collection[str], year: int) -> dict[str, list[YearCounts]]:
    """As `year_counts`, for who reads within an instant or a transaction already."""
    rows = [*await _counts(database, prefixes), *await _served_across_lanes(database, year)]
    return {prefix: [row for row in rows if row.division.startswith(prefix)] for prefix in prefixes}


async def month_counts(database: Database, prefixes: Collection[str]) -> dict[str, dict[str, Counts]]:
    """For each prefix of codes the counts under it by month (`2017-03`), in order."""
    match = {"unit": EVERY_UNIT_BY_MONTH, "$or": [{"division": within(prefix)} for prefix in prefixes]}
    rows = await _sums(database, match, {"division": "$division", "period": "$period"})
    counted: dict[str, dict[str, Counts]] = {prefix: {} for prefix in prefixes}
    for row in sorted(rows, key=lambda row: str(row["_id"]["period"])):
        counts = {name: row[name] for name in COUNTERS}
        for prefix in prefixes:
            if row["_id"]["division"].startswith(prefix):
                add(counted[prefix].setdefault(row["_id"]["period"], {}), counts)
    return counted


async def unit_counts(database: Database, places: Collection[UnitPlace]) -> dict[UnitPlace, list[YearCounts]]:
    """For each (unit, community) the unit's counts there, every year."""
    wanted = [{"unit": unit, "division": division} for unit, division in places]
    counted: dict[UnitPlace, list[YearCounts]] = {place: [] for place in places}
    for row in await _sums(database, {"$or": wanted}, {"unit": "$unit", "division": "$division", "period": "$period"}):
        counted[row["_id"]["unit"], row["_id"]["division"]].append(_year_counts(row))
    return counted


async def _counts(database: Database, prefixes: Iterable[str]) -> list[YearCounts]:
    match = {"unit": EVERY_UNIT, "$or": [{"division": within(prefix)} for prefix in prefixes]}
    rows = await _sums(database, match, {"division": "$division", "period": "$period"})
    return [_year_counts(row) for row in rows]


async def _sums(database: Database, match: Document, by: Document) -> list[Document]:
    sums = {name: {"$sum": f"$counts.{name}"} for name in COUNTERS}
    found = await database[CELLS].aggregate([{"$match": match}, {"$group": {"_id": by, **sums}}])
    return await found.to_list()


def _year_counts(row: Document) -> YearCounts:
    counts: Counts = {name: row[name] for name in COUNTERS if row[name]}
    return YearCounts(row["_id"]["division"], int(row["_id"]["period"][:4]), counts)


async def _served_across_lanes(database: Database, year: int) -> list[YearCounts]:
    """The registrations whose member reaches the minimum only together with other lanes, so that no cell has it.

    Reads the standings with services away from the registration and what belongs to them, not all members.
    """
    services = {"$sum": f"$standing.services.{year}"}
    found = await database[STANDINGS].aggregate(
        [
            {"$match": {"partial": year}},
            {"$group": {"_id": "$member"}},
            {"$lookup": {"from": STANDINGS, "localField": "_id", "foreignField": "member", "as": "standing"}},
            {"$match": {"$expr": {"$gte": [services, MINIMUM_SERVICES]}}},
            {"$unwind": "$standing"},
            {"$match": {"standing.served": {"$ne": year}}},
            {"$unwind": "$standing.registrations"},
            {"$group": {"_id": "$standing.registrations.division", "served": {"$sum": 1}}},
        ]
    )
    return [YearCounts(row["_id"], year, {"served": row["served"]}) async for row in found]
