"""Batched loading: one call for all parents of a level of the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from servicekit.domain import SystemClock
from servicekit.graphql import Context
from servicekit.security.policy import division_prefix

from evaluation.domain.appeals import Appeal
from evaluation.domain.contributions import Counts
from evaluation.domain.divisions import parent_prefix
from evaluation.domain.facts import Fact, Kind, local_date
from evaluation.domain.indicators import YearCounts, by_month
from evaluation.domain.issues import BulletinIssue
from evaluation.domain.months import AsOf
from evaluation.domain.schemes import Scheme
from evaluation.domain.standings import Standing
from evaluation.domain.statements import Statement
from evaluation.storage import appeals as stored_appeals
from evaluation.storage import bulletins, figures, ledger, standings
from evaluation.storage import schemes as stored_schemes
from evaluation.storage import statements as stored_statements

CLOCK = SystemClock()
MOST_PEERS = 100
Units = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted somewhere, and when it was read."""

    rows: list[YearCounts]
    as_of: datetime


async def counts(context: Context, divisions: Sequence[str], asked: AsOf) -> dict[str, Counted]:
    """The counts of each division by its code."""
    as_of = CLOCK.now()
    prefixes = {code: division_prefix(code) for code in divisions}
    found = await figures.year_counts(context.database, set(prefixes.values()), asked)
    return {code: Counted(found[prefix], as_of) for code, prefix in prefixes.items()}


async def counts_of_units(context: Context, groups: Sequence[Units], asked: AsOf) -> dict[Units, Counted]:
    """What the members of each group of units count for together; all that are of one unit are read at once."""
    as_of = CLOCK.now()
    rows: dict[Units, list[YearCounts]] = {
        (unit,): rows for unit, rows in (await figures.counts_by_unit(context.database, _single(groups), asked)).items()
    }
    for group in _several(groups):
        rows[group] = await figures.counts_of_units(context.database, group, asked)
    return {group: Counted(rows.get(group, []), as_of) for group in groups}


async def months_of_units(context: Context, groups: Sequence[Units], year: int) -> dict[Units, dict[str, Counts]]:
    """The same by month."""
    months: dict[Units, dict[str, Counts]] = {
        (unit,): of_unit
        for unit, of_unit in (await figures.month_counts_by_unit(context.database, _single(groups), year)).items()
    }
    for group in _several(groups):
        months[group] = by_month(await figures.flows_of_units(context.database, group, [year]))
    return {group: months.get(group, {}) for group in groups}


def _single(groups: Sequence[Units]) -> list[str]:
    return [group[0] for group in groups if len(group) == 1]


def _several(groups: Sequence[Units]) -> list[Units]:
    return [group for group in groups if len(group) > 1]


async def months(context: Context, divisions: Sequence[str]) -> dict[str, dict[str, Counts]]:
    """What was counted in each division, by month."""
    prefixes = {code: division_prefix(code) for code in divisions}
    found = await figures.month_counts(context.database, set(prefixes.values()))
    return {code: found[prefix] for code, prefix in prefixes.items()}


async def peers(context: Context, divisions: Sequence[str]) -> dict[str, list[Fact]]:
    """The divisions of the same level under the same parent, at most MOST_PEERS and itself; none of one unknown."""
    known = await ledger.find(context.database, Kind.DIVISION, divisions)
    families = {(parent_prefix(code), fact.status) for code, fact in known.items()}
    below = {
        (parent, level): await ledger.divisions_below(context.database, parent, level) if parent else []
        for parent, level in families
    }
    found: dict[str, list[Fact]] = {code: [] for code in divisions}
    for code, fact in known.items():
        others = [one for one in below[parent_prefix(code), fact.status] if one.division != code][:MOST_PEERS]
        found[code] = sorted([fact, *others], key=lambda one: one.division)
    return found


async def unit_counts(
    context: Context, places: Sequence[figures.UnitPlace], asked: AsOf
) -> dict[figures.UnitPlace, Counted]:
    """What each unit's members count for in a community."""
    as_of = CLOCK.now()
    found = await figures.unit_counts(context.database, places, asked)
    return {place: Counted(rows, as_of) for place, rows in found.items()}


async def member_standings(context: Context, members: Sequence[str]) -> dict[str, Standing]:
    """Each member's standing; members of whom nothing is known are absent."""
    return await standings.of_members(context.database, members)


async def division_facts(context: Context, codes: Sequence[str]) -> dict[str, Fact]:
    return await ledger.find(context.database, Kind.DIVISION, codes)


async def unit_facts(context: Context, ids: Sequence[str]) -> dict[str, Fact]:
    return await ledger.find(context.database, Kind.UNIT, ids)


async def roster_lines(context: Context, members: Sequence[str]) -> dict[str, Fact]:
    return await ledger.find(context.database, Kind.ROSTER_LINE, members)


async def statements(context: Context, ids: Sequence[str]) -> dict[str, Statement]:
    return await stored_statements.find(context.database, list(ids))


async def issues(context: Context, ids: Sequence[str]) -> dict[str, BulletinIssue]:
    return await bulletins.find(context.database, list(ids))


async def schemes(context: Context, ids: Sequence[str]) -> dict[str, Scheme]:
    return await stored_schemes.find(context.database, list(ids))


async def appeals(context: Context, ids: Sequence[str]) -> dict[str, Appeal]:
    return await stored_appeals.find(context.database, list(ids))


def today() -> date:
    return local_date(CLOCK.now())
