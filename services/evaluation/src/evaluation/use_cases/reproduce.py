"""Make an old bulletin or statement anew from the archive, as far as the archive went when it was counted."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from servicekit.domain import Clock
from servicekit.storage.mongo import Database

from evaluation.domain.issues import BulletinIssue, Content
from evaluation.domain.months import AsOf, month_of
from evaluation.domain.statements import Statement, StatementContent
from evaluation.storage import bulletins, statements
from evaluation.use_cases.bulletins import count
from evaluation.use_cases.rebuild import Reader, Rebuild, Step
from evaluation.use_cases.statements import statement_content


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted once: its digest, the archive's positions and the rules then, and how it is counted in books."""

    digest: str
    positions: Mapping[str, int]
    rules: int | None
    again: Callable[[Database], Awaitable[Content | StatementContent]]


async def counted(database: Database, id: str) -> Counted | None:
    """A frozen bulletin by its id, or a statement by its number."""
    issue = (await bulletins.find(database, [id])).get(id)
    if issue is not None and issue.content is not None and issue.digest is not None:
        return Counted(
            issue.digest,
            issue.content.positions,
            issue.content.rules,
            partial(_bulletin, database, issue, issue.content),
        )
    statement = await statements.by_number(database, id)
    if statement is not None:
        content = statement.content
        return Counted(statement.digest, content.positions, content.rules, partial(_statement, statement))
    return None


class Reproduction:
    """One at a time. Clear first and at the end; replay, then ask for the digest."""

    def __init__(self, database: Database, clock: Clock, read: Reader, what: Counted) -> None:
        self._what = what
        self._rebuild = Rebuild(database, clock, read, until=what.positions, name="reproduction")

    async def events_left(self) -> int:
        return await self._rebuild.events_left()

    def replay(self) -> AsyncIterator[Step]:
        return self._rebuild.replay()

    async def content(self) -> Content | StatementContent:
        """What is counted from the archive up to there."""
        return await self._what.again(self._rebuild.rebuilt)

    async def clear(self) -> None:
        await self._rebuild.clear()


async def _bulletin(database: Database, issue: BulletinIssue, frozen: Content, books: Database) -> Content:
    content = await count(books, issue, await _earlier(database, issue, frozen), frozen.as_of)
    told = {name: getattr(frozen, name) for name in ("positions", "appeals", "earlier", "rules")}
    told |= dict.fromkeys(frozen.not_noted)
    if frozen.revisions is None:
        # Contents of then left out the months of which nothing was ever told.
        told["months"] = {month: content.months[month] for month in frozen.months}
    return content.model_copy(update=told)


async def _earlier(database: Database, issue: BulletinIssue, frozen: Content) -> list[BulletinIssue]:
    """Those that it corrected; where it doesn't tell, those that were published before it was frozen."""
    published = await bulletins.published(database, issue.about)
    if frozen.earlier is not None:
        return [one for one in published if one.id in frozen.earlier]
    return [one for one in published if one.published_at is not None and one.published_at <= frozen.as_of]


async def _statement(statement: Statement, books: Database) -> StatementContent:
    said = statement.content
    asked = AsOf(said.year, month_of(said.up_to))
    content = await statement_content(books, said.kind, said.subject, asked, said.as_of)
    return content.model_copy(update={"positions": said.positions, "rules": said.rules})
