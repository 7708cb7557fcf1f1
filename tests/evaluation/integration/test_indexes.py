"""Every query of this service runs on an index."""

import base64
from datetime import UTC, date, datetime
from typing import Any

import pytest
from evaluation.domain.appeals import AppealStatus
from evaluation.domain.facts import Kind
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId, Measure, Residual
from evaluation.domain.issues import About
from evaluation.domain.months import AsOf
from evaluation.domain.periods import Period
from evaluation.domain.reminders import PATIENCE
from evaluation.domain.schemes import Level, Scheme
from evaluation.storage import (
    appeals,
    archive,
    bulletins,
    cells,
    figures,
    ledger,
    reminders,
    schemes,
    standings,
    statements,
)
from evaluation.storage.explaining import Where, facts_missing, facts_of
from evaluation.storage.residuals import residual
from evaluation.use_cases.keep_facts import keep_facts
from evaluation.use_cases.verify import proven_apart
from servicekit.domain import SystemClock
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.evaluation.facts import COMMUNITY, UNIT, division, line, registration, service
from tests.evaluation.watch import Watch

ABOUT_THE_SESSION = {"lsid", "txnNumber", "autocommit", "startTransaction", "readConcern", "$db", "$clusterTime"}

MARCH = Period(starts_on=date(2017, 3, 1), ends_on=date(2017, 3, 31))
SCHEME = Scheme(
    id="x",
    lane="350802",
    division="350802",
    level=Level.COUNTY,
    name="x",
    starts_on=MARCH.starts_on,
    ends_on=MARCH.ends_on,
    items=[],
    drafted_by="x",
    drafted_at=datetime.now(UTC),
)


async def every_query(database: Database) -> None:
    asked = AsOf(2017, "2017-10")
    await figures.year_counts(database, ["3508", "350802", COMMUNITY], asked)
    await figures.unit_counts(database, [(UNIT, COMMUNITY)], asked)
    await figures.counts_of_units(database, [UNIT], asked)
    await ledger.units_of_line(database, "education", "3508")
    await standings.of_members(database, ["m1"])
    async for _ in standings.shares_of_lane(database, "350802"):
        pass
    async for _ in standings.kept(database):
        pass
    async for _ in cells.cells_of_lane(database, "350802"):
        pass
    await proven_apart(database)
    await ledger.services_of(database, "m1", 2017, first=20, after=None)
    await ledger.find(database, Kind.DIVISION, [COMMUNITY])
    async for _ in ledger.kept_in_lane(database, "350802"):
        pass
    await archive.positions(database)
    await archive.events_between(database, "350802", 1, 9)
    async for _ in archive.batches(database, "350802", beyond=1):
        pass
    for about in (About("350800"), About("350802001", unit=UNIT), About("350800", line="education")):
        await bulletins.published(database, about)
        await bulletins.page_of(database, about, drafts=True, first=20, after=None)
    await bulletins.find(database, ["b1"])
    await figures.month_counts(database, ["350802"])
    await figures.flows_of_units(database, [UNIT], [2017])
    await figures.month_counts_by_unit(database, [UNIT], 2017)
    await figures.counts_by_unit(database, [UNIT], asked)
    await reminders.residues(database, asked.month)
    await appeals.find(database, ["a1"])
    await appeals.granted(database, "350800")
    await appeals.page_of_division(database, "350802", AppealStatus.OPEN, first=20, after=None)
    await Commands(database, source="evaluation", clock=SystemClock()).run(within_work)
    await appeals.page_of_member(database, "m1", first=20, after=None)
    await schemes.find(database, ["s1"])
    await schemes.in_force(database, ["350802", "3508"], "COUNTY", MARCH)
    await schemes.page_of(database, "350802", None, first=20, after=None)
    await ledger.divisions_below(database, "3508", "COUNTY")
    await statements.find(database, ["s1"])
    await statements.by_number(database, "PJ1")
    await statements.page_of_unit(database, UNIT, first=20, after=None)
    await every_list(database, asked)


async def within_work(work: Work) -> None:
    """What is asked in the transaction of what follows from it."""
    await appeals.about(work, service("s-m1-0", "m1"))
    await appeals.newly_overdue(work, 20)
    for about in (About("350800"), About("350802001", unit=UNIT)):
        await bulletins.of_period(work, about, MARCH)
        await bulletins.last_serial(work, about, 2017)
    await schemes.last_edition(work, SCHEME)
    for kind in PATIENCE:
        await reminders.overdue(work, kind, MARCH.ends_on, 20)
    await reminders.already_told(work, ["r1"])


async def every_list(database: Database, asked: AsOf) -> None:
    """Of the facts and members behind a figure."""
    for after in (None, base64.urlsafe_b64encode(b'["350802001001","service/s-1"]').decode()):
        here, of_unit = Where(asked, "350802"), Where(asked, units=[UNIT])
        for counter in ("services", "registered_lines"):
            await facts_of(database, Measure(counter), here, first=20, after=after)
        await facts_of(database, Measure("services"), of_unit, first=20, after=after)
        for rate in (IndicatorId.projects_done, IndicatorId.wish_fulfilment):
            for where in (here, of_unit):
                await facts_missing(database, FIGURES[rate], where, first=20, after=after)
    await ledger.page_of_divisions(database, [COMMUNITY], first=20, after=None)
    for kind in (Residual.NOT_REGISTERED, Residual.SERVED_TOO_LITTLE):
        for units in (None, [UNIT]):
            await residual(database, kind, "350802", asked, units=units, first=20, after=None)


def stages(plan: Any) -> set[str]:
    """The names of all stages, and how lookups were done."""
    if isinstance(plan, list):
        return {name for one in plan for name in stages(one)}
    if not isinstance(plan, dict):
        return set()
    found = {plan["stage"]} if isinstance(plan.get("stage"), str) else set()
    if plan.get("collectionScans"):
        found.add("COLLSCAN")
    return found | {name for key, one in plan.items() if key != "rejectedPlans" for name in stages(one)}


@pytest.fixture
async def stocked(database: Database, commands: Commands) -> Database:
    members = [f"m{number}" for number in range(200)]
    facts = [division(COMMUNITY), *(line(member) for member in members), *(registration(m) for m in members[20:])]
    facts += [service(f"s-{member}-{number}", member) for member in members[40:] for number in range(2)]
    for start in range(0, len(facts), 256):
        await commands.run(keep_facts, facts[start : start + 256])
    return database


async def test_every_query_runs_on_an_index(stocked: Database, watch: Watch) -> None:
    with watch.operations() as sent:
        await every_query(stocked)
        queries = [command for command in sent if "getMore" not in command]

    assert len(queries) >= 12
    for query in queries:
        plain = {name: value for name, value in query.items() if name not in ABOUT_THE_SESSION}
        explained = await stocked.command("explain", plain, verbosity="executionStats")
        found = stages(explained)
        assert "COLLSCAN" not in found, (plain, found)
        assert found & {"IXSCAN", "IDHACK", "EXPRESS_IXSCAN", "DISTINCT_SCAN"}, (plain, found)
