"""Draft, freeze and publish an issue of the bulletin."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from servicekit.domain import NotFound, new_id
from servicekit.security.policy import division_prefix
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from evaluation.domain.books import RULES
from evaluation.domain.corrections import corrections, revisions, settled_since, states
from evaluation.domain.divisions import valid
from evaluation.domain.facts import MERGED, Kind
from evaluation.domain.figures import BULLETIN, FIGURES
from evaluation.domain.indicators import YearCounts, by_month, evaluate
from evaluation.domain.issues import (
    COMPARED,
    OF_UNITS,
    About,
    BulletinExists,
    BulletinIssue,
    Compared,
    Content,
    rows,
)
from evaluation.domain.periods import Period
from evaluation.storage import appeals, archive, bulletins, figures, ledger
from evaluation.storage.collections import BULLETINS

BELOW = {"CITY": "COUNTY", "COUNTY": "SUBDISTRICT", "SUBDISTRICT": "COMMUNITY"}


async def draft_bulletin(work: Work, about: About, period: Period) -> BulletinIssue:
    """Raises NotFound, BulletinExists."""
    name = await _name(work.database, about)
    if existing := await bulletins.of_period(work, about, period):
        raise BulletinExists(bulletin_id=existing.id)
    issue = BulletinIssue(
        id=new_id(),
        lane=about.division[:6].ljust(6, "0"),
        division=about.division,
        unit=about.unit,
        line=about.line,
        division_name=name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        year=period.year,
        drafted_by=work.actor.subject,
    )
    work.save(BULLETINS, issue)
    return issue


async def _name(database: Database, about: About) -> str:
    """Raises NotFound."""
    if about.unit:
        unit = (await ledger.find(database, Kind.UNIT, [about.unit])).get(about.unit)
        if unit is None:
            raise NotFound(path="input.unit", what_zh="单位", what_en="unit", id=about.unit)
        return unit.name or about.unit
    known = (await ledger.find(database, Kind.DIVISION, [about.division])).get(about.division)
    if known is None:
        raise NotFound(path="input.division", what_zh="区划", what_en="division", id=about.division)
    if about.line is None:
        return known.name
    if not await _units(database, about):
        raise NotFound(path="input.line", what_zh="条线", what_en="line", id=about.line)
    return f"{known.name}{about.line}条线"


async def _units(database: Database, about: About) -> list[str]:
    if about.unit:
        return [about.unit]
    return await ledger.units_of_line(database, about.line or "", division_prefix(about.division))


async def freeze_bulletin(work: Work, id: str) -> BulletinIssue:
    """Count everything now and keep it for ever. Raises NotFound, BulletinAlreadyFrozen, PeriodNotOver."""
    issue = await load(work, id)
    issue.check_freezable(work.now)
    earlier = await bulletins.published(work.database, issue.about)
    issue.freeze(await count(work.database, issue, earlier, work.now), work.actor.subject)
    work.save(BULLETINS, issue)
    return issue


async def publish_bulletin(work: Work, id: str) -> BulletinIssue:
    """Raises NotFound, BulletinNotFrozen, BulletinAlreadyPublished."""
    issue = await load(work, id)
    # Two that are published at once take the same number; the index lets one through and the other is run again.
    issue.publish(await bulletins.last_serial(work, issue.about, issue.year) + 1, work.now, work.actor.subject)
    work.save(BULLETINS, issue)
    return issue


async def load(work: Work, id: str) -> BulletinIssue:
    found = (await work.load(BulletinIssue, BULLETINS, [id])).get(id)
    if found is None:
        raise NotFound(path="input.id", what_zh="通报", what_en="bulletin", id=id)
    return found


async def count(database: Database, issue: BulletinIssue, earlier: Sequence[BulletinIssue], as_of: datetime) -> Content:
    """What the issue says if it is counted now. The caller reads within one instant or transaction."""
    period, about = issue.period, issue.about
    if about.of_units:
        units = await _units(database, about)
        flows = await figures.flows_of_units(database, units, {one.year for one in (issue, *earlier)})
        compared = await _compared_units(database, issue, units) if about.line else []
    else:
        flows = await figures.flows(database, [division_prefix(issue.division)])
        compared = await _compared(database, issue)
    months = by_month(flows)
    at_end = states(flows, {one.period.last_month for one in (issue, *earlier)})
    return Content(
        as_of=as_of,
        positions=await archive.positions(database),
        rows=rows(at_end[period.last_month], months, period, OF_UNITS if about.of_units else BULLETIN),
        compared=compared,
        months={month: months.get(month, {}).get("services", 0) for month in period.as_of.months},
        corrections=corrections(earlier, months),
        revisions=revisions(earlier, at_end),
        appeals=await _appeals(database, about, earlier),
        earlier=sorted(one.id for one in earlier),
        rules=RULES,
    )


async def _appeals(database: Database, about: About, earlier: Sequence[BulletinIssue]) -> list[str]:
    """Appeals are about what counts in a division; they don't tell of which unit their member is."""
    if about.of_units:
        return []
    granted = await appeals.granted(database, about.division)
    facts = await ledger.of_keys(database, {one.fact_key for one in granted})
    return settled_since(earlier, [(one, facts[one.fact_key]) for one in granted if one.fact_key in facts])


async def _compared_units(database: Database, issue: BulletinIssue, units: list[str]) -> list[Compared]:
    """The units of a line, by their numbers; one that was merged only while something still counts for it."""
    counted = await figures.counts_by_unit_here(database, units, issue.period.as_of)
    facts = await ledger.find(database, Kind.UNIT, units)
    compared = [(facts[id], _values(counted[id], issue.year)) for id in sorted(units)]
    return [
        Compared(division=one.division, name=one.name or one.id, values=values)
        for one, values in compared
        if one.status != MERGED or any(values.values())
    ]


async def _compared(database: Database, issue: BulletinIssue) -> list[Compared]:
    own = (await ledger.find(database, Kind.DIVISION, [issue.division])).get(issue.division)
    level = BELOW.get(own.status) if own else None
    if level is None:
        return []
    below = await ledger.divisions_below(database, division_prefix(issue.division), level)
    prefixes = {one.division: division_prefix(one.division) for one in below}
    if not prefixes:
        return []
    asked = issue.period.as_of
    counted = await figures.year_counts_here(database, list(prefixes.values()), asked)
    compared = [(one, _values(counted[prefixes[one.division]], issue.year)) for one in below]
    # A code that was withdrawn is left out where nothing counts any more, so that those shown come to the whole.
    return [
        Compared(division=one.division, name=one.name, values=values)
        for one, values in compared
        if valid(one, asked.day) or any(values.values())
    ]


def _values(counted: list[YearCounts], year: int) -> dict[str, Decimal | None]:
    return {figure.value: evaluate(FIGURES[figure], counted, year).value for figure in COMPARED}
