"""Draft, freeze and publish an issue of the bulletin."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from servicekit.domain import NotFound, new_id
from servicekit.security.policy import division_prefix
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from evaluation.domain.facts import Kind
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import YearCounts, evaluate
from evaluation.domain.issues import COMPARED, BulletinExists, BulletinIssue, Compared, Content, corrections, rows
from evaluation.domain.periods import Period
from evaluation.storage import archive, bulletins, figures, ledger
from evaluation.storage.collections import BULLETINS

BELOW = {"CITY": "COUNTY", "COUNTY": "SUBDISTRICT", "SUBDISTRICT": "COMMUNITY"}


async def draft_bulletin(work: Work, division: str, period: Period) -> BulletinIssue:
    """Raises NotFound, BulletinExists."""
    known = (await ledger.find(work.database, Kind.DIVISION, [division])).get(division)
    if known is None:
        raise NotFound(path="input.division", what_zh="区划", what_en="division", id=division)
    if existing := await bulletins.of_period(work, division, period):
        raise BulletinExists(bulletin_id=existing.id)
    issue = BulletinIssue(
        id=new_id(),
        lane=division[:6].ljust(6, "0"),
        division=division,
        division_name=known.name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        year=period.year,
        drafted_by=work.actor.subject,
    )
    work.save(BULLETINS, issue)
    return issue


async def freeze_bulletin(work: Work, id: str) -> BulletinIssue:
    """Count everything now and keep it for ever. Raises NotFound, BulletinAlreadyFrozen, PeriodNotOver."""
    issue = await load(work, id)
    issue.check_freezable(work.now)
    earlier = await bulletins.published(work.database, issue.division)
    issue.freeze(await count(work.database, issue, earlier, work.now), work.actor.subject)
    work.save(BULLETINS, issue)
    return issue


async def publish_bulletin(work: Work, id: str) -> BulletinIssue:
    """Raises NotFound, BulletinNotFrozen, BulletinAlreadyPublished."""
    issue = await load(work, id)
    # Two that are published at once take the same number; the index lets one through and the other is run again.
    issue.publish(await bulletins.last_serial(work, issue.division, issue.year) + 1, work.now, work.actor.subject)
    work.save(BULLETINS, issue)
    return issue


async def load(work: Work, id: str) -> BulletinIssue:
    found = (await work.load(BulletinIssue, BULLETINS, [id])).get(id)
    if found is None:
        raise NotFound(path="input.id", what_zh="通报", what_en="bulletin", id=id)
    return found


async def count(database: Database, issue: BulletinIssue, earlier: Sequence[BulletinIssue], as_of: datetime) -> Content:
    """What the issue says if it is counted now. The caller reads within one instant or transaction."""
    prefix, period = division_prefix(issue.division), issue.period
    years = (await figures.year_counts_here(database, [prefix], period.as_of))[prefix]
    months = (await figures.month_counts(database, [prefix], issue.year))[prefix]
    return Content(
        as_of=as_of,
        positions=await archive.positions(database),
        rows=rows(years, months, period),
        compared=await _compared(database, issue),
        months={
            month: counts.get("services", 0)
            for month, counts in months.items()
            if f"{period.year}" <= month <= period.last_month
        },
        corrections=corrections(earlier, months),
    )


async def _compared(database: Database, issue: BulletinIssue) -> list[Compared]:
    own = (await ledger.find(database, Kind.DIVISION, [issue.division])).get(issue.division)
    level = BELOW.get(own.status) if own else None
    if level is None:
        return []
    below = await ledger.divisions_below(database, division_prefix(issue.division), level)
    prefixes = {one.division: division_prefix(one.division) for one in below}
    if not prefixes:
        return []
    counted = await figures.year_counts_here(database, list(prefixes.values()), issue.period.as_of)
    return [
        Compared(division=one.division, name=one.name, values=_values(counted[prefixes[one.division]], issue.year))
        for one in below
    ]


def _values(counted: list[YearCounts], year: int) -> dict[str, Decimal | None]:
    return {figure.value: evaluate(FIGURES[figure], counted, year).value for figure in COMPARED}
