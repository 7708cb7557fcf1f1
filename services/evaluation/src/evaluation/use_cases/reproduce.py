"""Make an old issue of the bulletin anew from the archive, as far as the archive went when it was frozen."""

from collections.abc import AsyncIterator

from servicekit.domain import Clock
from servicekit.storage.mongo import Database

from evaluation.domain.issues import BulletinIssue, Content
from evaluation.storage import bulletins
from evaluation.use_cases.bulletins import count
from evaluation.use_cases.rebuild import Reader, Rebuild, Step


class Reproduction:
    """Of a frozen issue, one at a time. Replay first, then ask for the content; clear before and at the end."""

    def __init__(self, database: Database, clock: Clock, read: Reader, issue: BulletinIssue) -> None:
        assert issue.content is not None, "only what is frozen can be reproduced"
        self._database = database
        self._issue = issue
        self._frozen = issue.content
        self._rebuild = Rebuild(database, clock, read, until=self._frozen.positions, name="reproduction")

    async def events_left(self) -> int:
        return await self._rebuild.events_left()

    def replay(self) -> AsyncIterator[Step]:
        return self._rebuild.replay()

    async def content(self) -> Content:
        """What is counted from the archive up to there."""
        content = await count(self._rebuild.rebuilt, self._issue, await self._earlier(), self._frozen.as_of)
        told = {name: getattr(self._frozen, name) for name in ("positions", "appeals", "earlier", "rules")}
        told |= dict.fromkeys(self._frozen.not_noted)
        if self._frozen.revisions is None:
            # Contents of then left out the months of which nothing was ever told.
            told["months"] = {month: content.months[month] for month in self._frozen.months}
        return content.model_copy(update=told)

    async def _earlier(self) -> list[BulletinIssue]:
        """Those that it corrected; where it doesn't tell, those that were published before it was frozen."""
        published = await bulletins.published(self._database, self._issue.about)
        noted, as_of = self._frozen.earlier, self._frozen.as_of
        if noted is not None:
            return [one for one in published if one.id in noted]
        return [one for one in published if one.published_at is not None and one.published_at <= as_of]

    async def clear(self) -> None:
        await self._rebuild.clear()
