"""The books on a real database: never a drift, and a handful of operations for any batch."""

import asyncio
from datetime import date

import pytest
from evaluation.domain.contributions import EVERY_LANE, EVERY_UNIT, CellKey, FactKey, StandingKey
from evaluation.domain.facts import Fact, Kind
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId, Residual, evaluate
from evaluation.domain.months import AsOf
from evaluation.domain.spans import COUNTERS, spans
from evaluation.storage.collections import CELLS, LEDGER, STANDINGS
from evaluation.storage.figures import year_counts
from evaluation.storage.residuals import residual
from evaluation.use_cases.keep_facts import keep_facts
from evaluation.use_cases.verify import SHOWN, Drift, verify
from hypothesis import HealthCheck, given, settings
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page

from tests.evaluation.facts import COMMUNITY, END_OF_2017, OTHER_COMMUNITY, line, registration, service
from tests.evaluation.stories import facts, histories, newest
from tests.evaluation.watch import Watch

ASKED = tuple(AsOf(int(month[:4]), month) for month in ("2016-12", "2017-01", "2017-03", "2017-12", "2018-02"))


async def drifts(database: Database) -> list[Drift]:
    return [drift async for report in verify(database) for drift in report.drifts]


async def missing(
    database: Database, kind: Residual, year: int, prefix: str = "35", unit: str | None = None
) -> list[str]:
    units = [unit] if unit else None
    page = await residual(database, kind, prefix, AsOf(year, f"{year}-12"), units=units, first=100, after=None)
    return [row["member"] for row in page.items]


async def clear(database: Database) -> None:
    for collection in (LEDGER, CELLS, STANDINGS):
        await database[collection].delete_many({})


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories((Kind.ROSTER_LINE, Kind.REGISTRATION, Kind.SERVICE), min_size=20))
async def test_the_books_on_the_database_never_drift_and_answer_as_the_facts_do(
    database: Database, commands: Commands, arrived: list[Fact]
) -> None:
    await clear(database)

    for start in range(0, len(arrived), 7):
        await commands.run(keep_facts, newest(arrived[start : start + 7]))

    assert await drifts(database) == []
    kept = newest(arrived)
    for asked in ASKED:
        truth = Truth(kept, asked)
        counted = (await year_counts(database, ["35"], asked))["35"]
        service_rate = evaluate(FIGURES[IndicatorId.service_rate], counted, asked.year)
        assert service_rate.denominator == len(truth.registered)
        assert service_rate.numerator == len(truth.registered & truth.served)
        too_little = await residual(
            database, Residual.SERVED_TOO_LITTLE, "35", asked, units=None, first=100, after=None
        )
        absent = await residual(database, Residual.NOT_REGISTERED, "35", asked, units=None, first=100, after=None)
        assert [row["member"] for row in too_little.items] == sorted(truth.registered - truth.served)
        assert [row["member"] for row in absent.items] == sorted(truth.on_roster - truth.registered)


class Truth:
    """What a reader of all facts would say."""

    def __init__(self, facts: list[Fact], asked: AsOf) -> None:
        day = asked.day
        services = [
            one.member
            for one in facts
            if one.kind is Kind.SERVICE and one.status == "CONFIRMED"
            if one.on.year == asked.year and f"{one.on}" <= day
        ]
        self.on_roster = {one.member for one in facts if one.kind is Kind.ROSTER_LINE and _holds(one, "ACTIVE", day)}
        self.registered = {
            one.member for one in facts if one.kind is Kind.REGISTRATION and _holds(one, "COMPLETED", day)
        }
        self.served = {member for member in services if services.count(member) >= 2}


def _holds(fact: Fact, status: str, day: str) -> bool:
    ended = fact.until is not None and (fact.status in ("LEFT", "ENDED") or fact.status == status)
    return (fact.status == status or ended) and f"{fact.on}" <= day < f"{fact.until or date.max}"


async def test_services_in_two_counties_count_together(database: Database, commands: Commands) -> None:
    facts = [
        registration("m1"),
        service("s1", "m1", COMMUNITY),
        service("s2", "m1", OTHER_COMMUNITY),
        registration("m2"),
        service("s3", "m2", OTHER_COMMUNITY),
    ]

    await commands.run(keep_facts, facts)

    home, away = (await year_counts(database, [COMMUNITY, OTHER_COMMUNITY], END_OF_2017)).values()
    assert evaluate(FIGURES[IndicatorId.service_rate], home, 2017).numerator == 1
    assert evaluate(FIGURES[IndicatorId.service_rate], away, 2017).denominator == 0
    assert await missing(database, Residual.SERVED_TOO_LITTLE, 2017) == ["m2"]


async def test_a_member_registered_in_another_county_than_the_units_is_not_missing(
    database: Database, commands: Commands
) -> None:
    await commands.run(keep_facts, [line("m1"), registration("m1", OTHER_COMMUNITY), line("m2"), line("m3", "unit-2")])

    assert await missing(database, Residual.NOT_REGISTERED, 2017, "350802") == ["m2", "m3"]
    assert await missing(database, Residual.NOT_REGISTERED, 2017, "350802", unit="unit-2") == ["m3"]
    assert await missing(database, Residual.NOT_REGISTERED, 2017, "350803") == []


async def test_a_residual_list_is_paged_by_member_number(database: Database, commands: Commands) -> None:
    await commands.run(keep_facts, [line(f"m{number}") for number in range(5)])

    async def page(first: int, after: str | None) -> Page:
        kind = Residual.NOT_REGISTERED
        return await residual(database, kind, "3508", END_OF_2017, units=None, first=first, after=after)

    first = await page(2, None)
    second = await page(3, first.end_cursor)

    assert [row["member"] for row in first.items] == ["m0", "m1"]
    assert first.has_next
    assert [row["member"] for row in second.items] == ["m2", "m3", "m4"]
    assert not second.has_next


async def test_a_corrected_service_takes_its_old_count_out(database: Database, commands: Commands) -> None:
    await commands.run(keep_facts, [registration("m1"), service("s1", "m1"), service("s2", "m1")])

    await commands.run(keep_facts, [service("s2", "m1", status="REJECTED", version=2)])

    cell = await database[CELLS].find_one({"unit": EVERY_UNIT, "period": "2017", "division": COMMUNITY})
    assert cell is not None
    assert (cell["counts"]["services"], cell["counts"]["hours"], cell["counts"]["served_2017"]) == (1, 150, 0)
    assert await drifts(database) == []


async def test_a_late_older_version_changes_nothing(database: Database, commands: Commands) -> None:
    await commands.run(keep_facts, [service("s1", "m1", version=3)])

    replaced = await commands.run(keep_facts, [service("s1", "m1", status="SUBMITTED", version=2)])

    assert replaced == 0
    counted = (await year_counts(database, ["3508"], END_OF_2017))["3508"]
    assert sum(row.counts.get("services", 0) for row in counted) == 1


async def test_a_batch_costs_the_same_few_operations_however_many_facts(
    database: Database, commands: Commands, watch: Watch
) -> None:
    costs = []
    for size in (5, 250):
        batch = [service(f"{size}-{number}", f"m{number}") for number in range(size)]
        with watch.operations() as operations:
            await commands.run(keep_facts, batch)
            costs.append([next(iter(command)) for command in operations])

    assert costs[0] == costs[1] == ["find", "insert", "find", "update", "update"]


async def test_the_cells_of_a_lane_are_touched_by_no_other_and_a_member_has_one_standing(
    database: Database, commands: Commands
) -> None:
    await commands.run(keep_facts, [service("s1", "m1", COMMUNITY), service("s2", "m1", OTHER_COMMUNITY)])

    ids = [document["_id"] async for document in database[CELLS].find()]
    assert len(ids) == 6
    assert all(id.split("/")[0] == id.split("/")[1][:6] for id in ids)
    assert await database[STANDINGS].distinct("lanes") == ["350802", "350803"]
    assert await database[STANDINGS].count_documents({}) == 1


async def test_when_two_lanes_tell_of_the_same_members_at_once_nothing_is_lost(
    database: Database, commands: Commands
) -> None:
    """Each lane by itself tells of a service too few; one after the other, they could not collide."""
    here = [[registration(f"m{n}"), service(f"s{n}", f"m{n}", COMMUNITY)] for n in range(8)]
    away = [[service(f"t{n}", f"m{n}", OTHER_COMMUNITY)] for n in range(8)]
    corrected = [[service(f"t{n}", f"m{n}", OTHER_COMMUNITY, version=2, hours=99)] for n in range(8)]

    await asyncio.gather(*(commands.run(keep_facts, batch) for batch in (*here, *away, *corrected)))

    counted = (await year_counts(database, [COMMUNITY], END_OF_2017))[COMMUNITY]
    rate = evaluate(FIGURES[IndicatorId.service_rate], counted, 2017)
    assert (rate.numerator, rate.denominator) == (8, 8)
    assert await drifts(database) == []


async def test_verify_reports_a_cell_and_a_standing_that_drifted(database: Database, commands: Commands) -> None:
    await commands.run(keep_facts, [service("s1", "m1")])
    await database[CELLS].update_one({"period": "2017"}, {"$inc": {"counts.services": 1}})
    await database[STANDINGS].delete_one({"member": "m1"})

    found = await drifts(database)

    assert [(drift.kept.get("services"), drift.counted.get("services")) for drift in found[:1]] == [(2, 1)]
    assert found[1].kept == {}
    assert found[1].counted["year/2017/services"] == 1


async def test_verify_reports_the_standings_by_which_a_list_would_name_others(
    database: Database, commands: Commands
) -> None:
    """Their counts are right, and what residual lists search isn't what follows from them."""
    for member in ("m1", "m2", "m3", "m4"):
        served = [service(f"{member}-{number}", member) for number in (1, 2)]
        await commands.run(keep_facts, [line(member), registration(member), *served])
    for member, name in (("m1", "lines"), ("m2", "registrations"), ("m3", "reached")):
        await database[STANDINGS].update_one({"_id": member}, {"$unset": {name: ""}})

    found = await drifts(database)

    assert [drift.key for drift in found] == [StandingKey(EVERY_LANE, member) for member in ("m1", "m2", "m3")]
    assert (found[2].kept, found[2].counted) == ({}, {"reached": {"2017": "2017-03"}})


async def test_verify_reports_a_standing_of_nothing_by_which_a_list_would_name_somebody(
    database: Database, commands: Commands
) -> None:
    await commands.run(keep_facts, [line("m1")])
    (kept,) = await database[STANDINGS].find().to_list()
    ghost = {"_id": "nobody", "member": "nobody", "counts": {}, "lines": kept["lines"]}
    await database[STANDINGS].insert_one(ghost)

    assert [drift.key for drift in await drifts(database)] == [StandingKey(EVERY_LANE, "nobody")]


@pytest.mark.parametrize(
    ("change", "kept", "counted"),
    [
        ({"$unset": {"counted": ""}}, {}, {"counted": [{"as": "registrations", "since": "2017-01-01"}]}),
        (
            {"$set": {"counted.0.since": "2016-01-01"}},
            {"counted": [{"as": "registrations", "since": "2016-01-01"}]},
            {},
        ),
        ({"$unset": {"waiting": ""}}, {}, {"waiting": {"for": "OVERDUE_CERTIFICATE", "since": "2017-01-01"}}),
        ({"$set": {"nonsense": 1}}, {"nonsense": 1}, {}),
    ],
)
async def test_verify_reports_a_fact_by_which_a_list_or_a_reminder_would_find_something_else(
    database: Database, commands: Commands, change: Document, kept: Document, counted: Document
) -> None:
    """What it is counted for is right, and what lists of facts and reminders search isn't what follows from it."""
    await commands.run(keep_facts, [registration("m1", status="CERTIFIED"), registration("m2")])
    await database[LEDGER].update_one({"id": "r-m1"}, change)

    (found,) = await drifts(database)

    assert found.key == FactKey("350802", "registration/r-m1")
    assert kept.items() <= found.kept.items()
    assert counted.items() <= found.counted.items()


async def test_verify_reports_what_is_counted_for_a_lane_of_which_no_fact_is_left(
    database: Database, commands: Commands
) -> None:
    await commands.run(keep_facts, [service("s1", "m1"), service("s2", "m1", OTHER_COMMUNITY)])
    await database[LEDGER].delete_many({"lane": "350803"})

    found = await drifts(database)

    assert {type(drift.key) for drift in found if drift.key.lane == "350803"} == {CellKey, StandingKey}
    assert all(not drift.counted for drift in found)


async def test_of_any_number_of_drifts_the_first_are_shown_and_the_others_counted(
    database: Database, commands: Commands
) -> None:
    await commands.run(keep_facts, [service(f"s{number:02}", "m1") for number in range(60)])
    await database[LEDGER].update_many({}, {"$unset": {"counted": ""}})

    (report,) = [report async for report in verify(database) if report.drifting]

    assert (report.drifting, len(report.drifts)) == (60, SHOWN)
    assert report.drifts[0].key == FactKey("350802", "service/s00")


async def test_verify_reports_a_cell_of_every_lane_that_drifted(database: Database, commands: Commands) -> None:
    facts = [registration("m1"), service("s1", "m1", COMMUNITY), service("s2", "m1", OTHER_COMMUNITY)]
    await commands.run(keep_facts, facts)
    assert await drifts(database) == []

    await database[CELLS].delete_one({"lane": EVERY_LANE, "unit": EVERY_UNIT})

    (found,) = await drifts(database)
    assert (found.kept, found.counted) == ({}, {"served_2017": 1})


@given(facts())
def test_every_counter_is_summed_when_read(fact: Fact) -> None:
    assert {span.counter for span in spans(fact)} <= set(COUNTERS)
