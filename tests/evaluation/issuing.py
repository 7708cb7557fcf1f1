"""A small city, and its bulletins as they are issued."""

from datetime import date

from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import About, BulletinIssue, Content, Row
from evaluation.domain.periods import Period, period
from evaluation.domain.statements import StatementContent
from evaluation.messages.archived import newest_facts
from evaluation.storage import bulletins
from evaluation.use_cases.bulletins import draft_bulletin, freeze_bulletin, publish_bulletin
from evaluation.use_cases.reproduce import Reproduction, counted
from servicekit.domain import SystemClock
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.events import division, record, registered

MARCH = period(date(2017, 3, 1), date(2017, 3, 31))
APRIL = period(date(2017, 4, 1), date(2017, 4, 30))
CITY = "350800"

# Two counties; in March four services, in April one.
TOLD = [
    division(CITY, "龙岩市", "CITY"),
    division("350802", "新罗区", "COUNTY"),
    division("350803", "永定区", "COUNTY"),
    registered("m1"),
    registered("m2", "350803"),
    *(record(f"{number}", 1, "CONFIRMED", member="m1") for number in range(3)),
    record("3", 1, "CONFIRMED", "350803", member="m2"),
    record("4", 1, "CONFIRMED", member="m1", on="2017-04-07"),
]


async def issue(commands: Commands, period: Period = MARCH, division: str = CITY) -> BulletinIssue:
    draft = await commands.run(draft_bulletin, About(division), period)
    await commands.run(freeze_bulletin, draft.id)
    return await commands.run(publish_bulletin, draft.id)


def row(issue: BulletinIssue, figure: IndicatorId) -> Row:
    assert issue.content is not None
    return next(row for row in issue.content.rows if row.figure is figure)


async def reproduced(database: Database, id: str) -> Content | StatementContent:
    """A bulletin by its id, or a statement by its number, counted anew from the archive."""
    what = await counted(database, id)
    assert what is not None
    reproduction = Reproduction(database, SystemClock(), newest_facts, what)
    async for _ in reproduction.replay():
        pass
    made = await reproduction.content()
    await reproduction.clear()
    return made


async def kept(database: Database, id: str) -> BulletinIssue:
    return (await bulletins.find(database, [id]))[id]
