"""Bulletins: drafted, frozen once, published under one number; what they said stays and can be made anew."""

import asyncio
from dataclasses import asdict, astuple
from datetime import date, datetime

import pytest
from evaluation.app import SERVICE
from evaluation.cli import commands as command_line
from evaluation.domain.books import RULES
from evaluation.domain.contributions import CellKey
from evaluation.domain.facts import LOCAL_TIME
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import (
    About,
    BulletinAlreadyFrozen,
    BulletinAlreadyPublished,
    BulletinExists,
    BulletinNotFrozen,
    IssueStatus,
    PeriodNotOver,
)
from evaluation.domain.periods import period
from evaluation.domain.spans import COUNTERS
from evaluation.exports.report import report_of
from evaluation.storage.collections import BULLETINS, CELLS
from evaluation.use_cases.bulletins import draft_bulletin, freeze_bulletin, publish_bulletin
from servicekit.domain import FixedClock, NotFound, Refusal
from servicekit.events import Event
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.outbox import OUTBOX
from typer.testing import CliRunner

from tests.evaluation.events import consume, division, record, registered
from tests.evaluation.issuing import APRIL, CITY, MARCH, issue, reproduced, row


async def test_what_is_counted_by_dates_counts_up_to_the_end_of_the_period(commands: Commands, city: None) -> None:
    march, april = await issue(commands), await issue(commands, APRIL)

    visits = [row(one, IndicatorId.person_visits) for one in (march, april)]
    assert [(one.value, one.in_period) for one in visits] == [(4, 4), (5, 1)]
    assert row(march, IndicatorId.service_rate).value == 50


async def test_the_counties_of_a_city_are_compared(commands: Commands, city: None) -> None:
    content = (await issue(commands)).content

    assert content is not None
    assert [(one.name, one.values["person_visits"], one.values["registration_rate"]) for one in content.compared] == [
        ("新罗区", 3, None),
        ("永定区", 1, None),
    ]


async def test_published_bulletins_are_numbered_by_division_and_year(
    commands: Commands, city: None, database: Database
) -> None:
    issues = [
        await issue(commands),
        await issue(commands, APRIL),
        await issue(commands, division="350802"),
        await issue(commands, period(date(2016, 1, 1), date(2016, 12, 31))),
    ]

    assert [one.number for one in issues] == ["2017-1", "2017-2", "2017-1", "2016-1"]
    told = [Event.decode(row["body"]) async for row in database[OUTBOX].find().sort("_id")]
    assert [(one.fact, one.data["number"]) for one in told[:2]] == [
        ("bulletin-published", "2017-1"),
        ("bulletin-published", "2017-2"),
    ]


async def test_when_a_bulletin_is_frozen_twice_at_once_one_wins(commands: Commands, city: None) -> None:
    draft = await commands.run(draft_bulletin, About(CITY), MARCH)

    outcomes = await asyncio.gather(
        *(commands.run(freeze_bulletin, draft.id) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == [*["BulletinAlreadyFrozen"] * 3, "BulletinIssue"]


async def test_bulletins_published_at_once_get_different_numbers(commands: Commands, city: None) -> None:
    drafts = [await commands.run(draft_bulletin, About(CITY), one) for one in (MARCH, APRIL)]
    for draft in drafts:
        await commands.run(freeze_bulletin, draft.id)

    published = await asyncio.gather(*(commands.run(publish_bulletin, draft.id) for draft in drafts))

    assert sorted(str(one.number) for one in published) == ["2017-1", "2017-2"]


async def refused(running: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        await running  # type: ignore[misc]
    return refusal.value


async def test_what_can_not_be_done_is_refused_by_name(commands: Commands, city: None) -> None:
    draft = await commands.run(draft_bulletin, About(CITY), MARCH)
    future = await commands.run(draft_bulletin, About(CITY), period(date(2090, 1, 1), date(2090, 12, 31)))

    again = await refused(commands.run(draft_bulletin, About(CITY), MARCH))
    unknown = await refused(commands.run(draft_bulletin, About("990000"), MARCH))
    too_early = await refused(commands.run(publish_bulletin, draft.id))
    not_over = await refused(commands.run(freeze_bulletin, future.id))
    await commands.run(freeze_bulletin, draft.id)
    await commands.run(publish_bulletin, draft.id)
    frozen, published = [
        await refused(commands.run(use_case, draft.id)) for use_case in (freeze_bulletin, publish_bulletin)
    ]
    missing = await refused(commands.run(freeze_bulletin, "none"))

    refusals = [again, unknown, too_early, not_over, frozen, published, missing]
    assert [type(one) for one in refusals] == [
        BulletinExists,
        NotFound,
        BulletinNotFrozen,
        PeriodNotOver,
        BulletinAlreadyFrozen,
        BulletinAlreadyPublished,
        NotFound,
    ]
    assert "2017-1" in published.message("zh")
    assert f"{datetime.now(LOCAL_TIME):%Y-%m-%d}" in frozen.message("zh")
    assert all(one.message(language) and one.next_step(language) for one in refusals for language in ("zh", "en"))


async def test_an_old_bulletin_is_made_anew_bit_for_bit_after_later_corrections(
    commands: Commands, city: None, database: Database
) -> None:
    await issue(commands)
    await consume(commands, [record("1", 2, "REJECTED", member="m1")])
    april = await issue(commands, APRIL)
    await consume(commands, [record(f"{number}", 3, "REJECTED", member="m1") for number in range(3)])
    await consume(commands, [record("50", 1, "CONFIRMED", on="2017-04-09")])

    made = await reproduced(database, april.id)

    assert made == april.content
    assert made.digest() == april.digest


async def test_what_is_published_while_another_is_frozen_leaves_that_one_reproducible(
    commands: Commands, city: None, database: Database
) -> None:
    """March's publication takes an earlier instant than April's freeze, and is stored after it."""
    march = await commands.run(draft_bulletin, About(CITY), MARCH)
    march = await commands.run(freeze_bulletin, march.id)
    await consume(commands, [record("1", 2, "REJECTED", member="m1")])
    assert march.frozen_at is not None
    april = await issue(commands, APRIL)
    before = Commands(database, source="evaluation", clock=FixedClock(march.frozen_at))
    await before.run(publish_bulletin, march.id)

    made = await reproduced(database, april.id)

    assert made.digest() == april.digest


async def test_a_bulletin_frozen_while_facts_are_corrected_is_of_one_instant_and_names_no_member(
    commands: Commands, city: None, database: Database
) -> None:
    await consume(commands, [registered("who-failed")])
    draft = await commands.run(draft_bulletin, About(CITY), MARCH)
    corrected = [record(f"{number}", 2, "REJECTED", member="m1") for number in range(3)]

    frozen, *_ = await asyncio.gather(
        commands.run(freeze_bulletin, draft.id), *(consume(commands, [one]) for one in corrected)
    )
    made = await reproduced(database, frozen.id)

    assert made == frozen.content
    assert row(frozen, IndicatorId.service_rate).denominator == 3
    assert "who-failed" not in f"{made.model_dump_json()} {report_of(frozen)}"


async def test_a_code_that_was_withdrawn_is_compared_only_while_something_counts_there(commands: Commands) -> None:
    names = {"350802": "新罗区", "350803": "永定区", "350804": "撤销区", "350805": "未设区"}
    told = [division(code, name, "COUNTY") for code, name in names.items()]
    told[1].data["valid_until"] = told[2].data["valid_until"] = "2017-02-01"
    told[3].data["valid_from"] = "2017-06-01"
    await consume(commands, [division(CITY, "龙岩市", "CITY"), *told, record("1", 1, "CONFIRMED", "350803")])

    content = (await issue(commands)).content

    assert content is not None
    assert [one.name for one in content.compared] == ["新罗区", "永定区"]


async def test_the_command_tells_whether_a_bulletin_comes_out_the_same(
    environment: None, commands: Commands, city: None, database: Database
) -> None:
    honest = await issue(commands)
    await database[CELLS].update_many({"period": "2017-04"}, {"$inc": {"counts.services": 1}})
    from_damaged_cells = await issue(commands, APRIL)
    by_other_rules = await issue(commands, period(date(2017, 5, 1), date(2017, 5, 31)))
    await database[BULLETINS].update_one({"_id": by_other_rules.id}, {"$set": {"content.rules": RULES + 1}})

    results = [
        await asyncio.to_thread(CliRunner().invoke, command_line(SERVICE), ["reproduce", id])
        for id in (honest.id, from_damaged_cells.id, "none", by_other_rules.id)
    ]

    assert [result.exit_code for result in results] == [0, 1, 2, 1]
    assert "The same, bit for bit." in results[0].stdout
    assert "It was counted by rules" not in results[1].stdout
    assert f"It was counted by rules {RULES + 1}, now by rules {RULES}." in results[3].stdout


async def test_a_fact_from_the_future_and_one_of_an_unknown_community_are_counted_in_their_time_and_place(
    commands: Commands, city: None
) -> None:
    unknown = record("90", 1, "CONFIRMED")
    unknown.data["community"] = "350899009009"
    await consume(commands, [record("91", 1, "CONFIRMED", on="2017-12-30"), unknown])

    march = await issue(commands)

    assert row(march, IndicatorId.person_visits).value == 5
    assert march.content is not None
    assert sum(one.values["person_visits"] or 0 for one in march.content.compared) == 4


async def test_a_draft_says_nothing_yet(commands: Commands, city: None) -> None:
    draft = await commands.run(draft_bulletin, About(CITY), MARCH)

    assert (draft.status, draft.content, draft.number) == (IssueStatus.DRAFT, None, None)


async def test_a_city_of_a_thousand_communities_is_frozen_after_years(
    commands: Commands, city: None, database: Database
) -> None:
    """More than a transaction may hold at once, where it is grouped by division and month."""
    counts = {**dict.fromkeys(COUNTERS, 1), "served_2017": 1}
    months = [f"{year}-{month:02}" for year in (2015, 2016, 2017) for month in range(1, 13)]
    cells = [CellKey("350899", f"3508990{number:05}", "*m", month) for number in range(1_000) for month in months]
    await database[CELLS].insert_many(
        [{"_id": "/".join(astuple(key)), **asdict(key), "counts": counts} for key in cells], ordered=False
    )

    march = await issue(commands)

    assert row(march, IndicatorId.person_visits).value == 1_000 * 27 + 4
