"""What comes otherwise now than an issue said is listed in the next one, once, and the issue stays as it was."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from evaluation.domain.appeals import Remedy
from evaluation.domain.facts import Fact, Kind
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import BulletinIssue, Measured, Revision
from evaluation.domain.months import last_day
from evaluation.domain.periods import period
from evaluation.storage import ledger
from evaluation.storage.collections import BULLETINS
from evaluation.use_cases.appeals import decide_appeal, file_appeal
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.work import Actor

from tests.evaluation.events import consume, record, registered
from tests.evaluation.issuing import APRIL, issue, kept, reproduced, row


async def test_a_later_correction_leaves_the_published_one_and_appears_once_in_the_next(
    commands: Commands, city: None, database: Database
) -> None:
    march = await issue(commands)

    await consume(commands, [record("1", 2, "REJECTED", member="m1")])
    april = await issue(commands, APRIL)
    may = await issue(commands, period(date(2017, 5, 1), date(2017, 5, 31)))

    after = await kept(database, march.id)
    assert after.model_dump() == march.model_dump()
    assert after.content is not None
    assert after.content.digest() == march.digest
    assert april.content is not None
    [correction] = april.content.corrections
    assert (correction.number, correction.figure, correction.published, correction.corrected) == (
        "2017-1",
        IndicatorId.person_visits,
        4,
        3,
    )
    assert row(april, IndicatorId.person_visits).value == 4
    assert may.content is not None
    assert may.content.corrections == []


async def test_a_correction_is_told_once_though_an_issue_of_an_earlier_year_told_it(
    commands: Commands, city: None
) -> None:
    await issue(commands)
    await consume(commands, [record("1", 2, "REJECTED", member="m1")])
    april = await issue(commands, APRIL)
    await consume(commands, [record("1", 3, "CONFIRMED", member="m1")])
    whole_2016 = await issue(commands, period(date(2016, 1, 1), date(2016, 12, 31)))
    may = await issue(commands, period(date(2017, 5, 1), date(2017, 5, 31)))

    told = [[(one.published, one.corrected) for one in made.content.corrections] for made in (april, whole_2016, may)]  # type: ignore[union-attr]
    assert told == [[(4, 3)], [(3, 4)], []]


async def test_rates_and_numbers_of_places_that_come_otherwise_now_are_listed_once_with_what_was_said(
    commands: Commands, city: None
) -> None:
    """Two of three services that m1 had are rejected, and m2 was never registered."""
    march = await issue(commands)
    await consume(commands, [record(f"{number}", 2, "REJECTED", member="m1") for number in (1, 2)])
    never = registered("m2", "350803", "REJECTED")
    await consume(commands, [replace(never, id="again", version=2)])
    april = await issue(commands, APRIL)
    may = await issue(commands, period(date(2017, 5, 1), date(2017, 5, 31)))

    told = {one.figure: one for one in revised(april)}
    rate, communities = told[IndicatorId.service_rate], told[IndicatorId.communities]
    said = row(march, IndicatorId.service_rate)
    assert (said.numerator, said.denominator, said.value) == (1, 2, 50)
    assert rate.published == Measured(numerator=1, denominator=2, value=Decimal("50.00"))
    assert rate.revised == Measured(numerator=0, denominator=1, value=Decimal("0.00"))
    assert (communities.number, communities.published.value, communities.revised.value) == ("2017-1", 2, 1)
    assert {*told} == {IndicatorId.service_rate, IndicatorId.communities}
    assert revised(may) == []


async def test_an_appeal_that_was_granted_is_told_once_and_when_its_correction_is_counted(
    commands: Commands, city: None, database: Database
) -> None:
    await issue(commands)
    facts = await ledger.find(database, Kind.SERVICE, ["1", "4"])
    granted = [await appealed(commands, fact) for fact in facts.values()]
    before = await issue(commands, APRIL)
    await consume(commands, [record(one, 2, "REJECTED", member="m1") for one in facts])
    after, later = [await issue(commands, period(date(2017, n, 1), last_day(f"2017-{n:02}"))) for n in (5, 6)]

    told = [one.content.appeals for one in (before, after, later) if one.content]
    assert told == [[], sorted(granted), []]
    assert await reproduced(database, after.id) == after.content


async def test_an_issue_of_before_revisions_were_listed_comes_out_as_it_was(
    commands: Commands, city: None, database: Database
) -> None:
    await issue(commands)
    await consume(commands, [record(one, 2, "REJECTED", member="m1") for one in ("1", "2")])
    april = await issue(commands, APRIL)
    assert april.content is not None
    assert april.content.revisions
    not_said = {f"content.{name}": "" for name in ("revisions", "appeals", "rules")}
    await database[BULLETINS].update_one({"_id": april.id}, {"$unset": not_said})

    stored = await kept(database, april.id)
    assert stored.content is not None
    assert (await reproduced(database, april.id)).digest() == stored.content.digest() != april.digest


async def appealed(commands: Commands, fact: Fact) -> str:
    """Filed and granted."""
    asked = (fact.member, fact.kind, fact.id, Remedy.DO_NOT_COUNT, None, "not mine")
    appeal = await commands.run(file_appeal, *asked)
    return (await commands.run_as(Actor("the county", ""), decide_appeal, appeal.id, True, "so it is")).id


def revised(issue: BulletinIssue) -> list[Revision]:
    assert issue.content is not None
    return issue.content.revisions or []
