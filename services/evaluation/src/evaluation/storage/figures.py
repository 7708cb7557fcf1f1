"""Reading counts: a few hundred yearly cells, however many facts there are."""

from collections.abc import Collection

from servicekit.storage.mongo import Database, Document

from evaluation.domain.contributions import EVERY_UNIT, EVERY_UNIT_BY_MONTH, Counts
from evaluation.domain.indicators import MonthCounts, YearCounts, by_month
from evaluation.domain.months import AsOf
from evaluation.domain.spans import COUNTERS
from evaluation.domain.standings import served
from evaluation.storage.cells import counts_of
from evaluation.storage.collections import CELLS
from evaluation.storage.reading import one_instant, within

UnitPlace = tuple[str, str]
_BY_YEAR: Document = {"division": "$division", "year": {"$substrBytes": ["$period", 0, 4]}}


async def year_counts(database: Database, prefixes: Collection[str], asked: AsOf) -> dict[str, list[YearCounts]]:
    """For each prefix of codes the counts of the divisions under it, every year; of `served` that of the year asked."""
    async with one_instant(database):
        return await year_counts_here(database, prefixes, asked)


async def year_counts_here(database: Database, prefixes: Collection[str], asked: AsOf) -> dict[str, list[YearCounts]]:
    """As `year_counts`, for who reads within an instant or a transaction already."""
    where = {"$or": [{"division": within(prefix)} for prefix in prefixes]}
    rows = [*await _whole_years(database, where, asked), *await _later_in_the_last_year(database, where, asked)]
    return {prefix: [row for row in rows if row.division.startswith(prefix)] for prefix in prefixes}


async def counts_of_units(database: Database, units: Collection[str], asked: AsOf) -> list[YearCounts]:
    """What these units' members count for together, wherever they are."""
    async with one_instant(database):
        return await counts_of_units_here(database, units, asked)


async def counts_of_units_here(database: Database, units: Collection[str], asked: AsOf) -> list[YearCounts]:
    """As `counts_of_units`, for who reads within an instant or a transaction already."""
    match = {"unit": {"$in": sorted(set(units))}, "period": {"$lte": asked.month}}
    return [_year_counts(row) for row in await _sums(database, match, _BY_YEAR, [asked.year])]


async def counts_by_unit(database: Database, units: Collection[str], asked: AsOf) -> dict[str, list[YearCounts]]:
    """What each unit's members count for, wherever they are."""
    async with one_instant(database):
        return await counts_by_unit_here(database, units, asked)


async def counts_by_unit_here(database: Database, units: Collection[str], asked: AsOf) -> dict[str, list[YearCounts]]:
    """As `counts_by_unit`, for who reads within an instant or a transaction already."""
    match = {"unit": {"$in": sorted(set(units))}, "period": {"$lte": asked.month}}
    counted: dict[str, list[YearCounts]] = {unit: [] for unit in units}
    for row in await _sums(database, match, _BY_YEAR | {"unit": "$unit"}, [asked.year]):
        counted[row["_id"]["unit"]].append(_year_counts(row))
    return counted


async def month_counts_by_unit(database: Database, units: Collection[str], year: int) -> dict[str, dict[str, Counts]]:
    """What each unit's members count for by month, in order; of `served` that of the year."""
    by = {"unit": "$unit", "month": "$period"}
    counted: dict[str, dict[str, Counts]] = {unit: {} for unit in units}
    rows = await _sums(database, {"unit": {"$in": sorted(set(units))}}, by, [year])
    for row in sorted(rows, key=lambda row: str(row["_id"]["month"])):
        counted[row["_id"]["unit"]][row["_id"]["month"]] = _counts(row)
    return counted


async def flows_of_units(database: Database, units: Collection[str], years: Collection[int]) -> list[MonthCounts]:
    """What these units' members count for together by month, wherever they are; of `served` that of these years."""
    rows = await _sums(database, {"unit": {"$in": sorted(set(units))}}, {"month": "$period"}, years)
    return [MonthCounts("", row["_id"]["month"], _counts(row)) for row in rows]


async def flows(database: Database, prefixes: Collection[str]) -> list[MonthCounts]:
    """The counts of the divisions under these prefixes by month: of each a part for each lane that tells of it.

    They are added up here: to group so many on the server takes more memory than a transaction may have.
    """
    match = {"unit": EVERY_UNIT_BY_MONTH, "$or": [{"division": within(prefix)} for prefix in prefixes]}
    fields = {"division": 1, "period": 1, "counts": 1}
    found = database[CELLS].find(match, fields).batch_size(1_000)
    return [MonthCounts(row["division"], row["period"], counts_of(row)) async for row in found]


async def month_counts(database: Database, prefixes: Collection[str]) -> dict[str, dict[str, Counts]]:
    """For each prefix of codes the counts under it by month (`2017-03`), in order."""
    found = await flows(database, prefixes)
    return {prefix: by_month(one for one in found if one.division.startswith(prefix)) for prefix in prefixes}


async def unit_counts(
    database: Database, places: Collection[UnitPlace], asked: AsOf
) -> dict[UnitPlace, list[YearCounts]]:
    """For each (unit, community) the unit's counts there, every year."""
    wanted = [{"unit": unit, "division": division} for unit, division in places]
    counted: dict[UnitPlace, list[YearCounts]] = {place: [] for place in places}
    match = {"$or": wanted, "period": {"$lte": asked.month}}
    for row in await _sums(database, match, _BY_YEAR | {"unit": "$unit"}, [asked.year]):
        counted[row["_id"]["unit"], row["_id"]["division"]].append(_year_counts(row))
    return counted


async def _whole_years(database: Database, where: Document, asked: AsOf) -> list[YearCounts]:
    match = {"unit": EVERY_UNIT, "period": {"$lte": asked.month[:4]}, **where}
    return [_year_counts(row) for row in await _sums(database, match, _BY_YEAR, [asked.year])]


async def _later_in_the_last_year(database: Database, where: Document, asked: AsOf) -> list[YearCounts]:
    """What the last year has too much: months after the one up to which things count; mostly none."""
    year_end = f"{asked.month[:4]}-12"
    if asked.month == year_end:
        return []
    match = {"unit": EVERY_UNIT_BY_MONTH, "period": {"$gt": asked.month, "$lte": year_end}, **where}
    later = [_year_counts(row) for row in await _sums(database, match, _BY_YEAR, [asked.year])]
    return [YearCounts(row.division, row.year, {name: -n for name, n in row.counts.items()}) for row in later]


async def _sums(database: Database, match: Document, by: Document, years: Collection[int]) -> list[Document]:
    names = (*COUNTERS, *(served(year) for year in sorted(set(years))))
    sums = {name: {"$sum": f"$counts.{name}"} for name in names}
    found = await database[CELLS].aggregate([{"$match": match}, {"$group": {"_id": by, **sums}}])
    return await found.to_list()


def _counts(row: Document) -> Counts:
    return {name: count for name, count in row.items() if name != "_id" and count}


def _year_counts(row: Document) -> YearCounts:
    return YearCounts(row["_id"]["division"], int(row["_id"]["year"]), _counts(row))
