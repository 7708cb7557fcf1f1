"""What may be watched as it happens."""

from collections.abc import AsyncIterator

import strawberry
from servicekit.bus.listener import FactStream
from servicekit.graphql import Info
from servicekit.security.policy import division_prefix
from strawberry import ID

from evaluation.api.types.issues import BulletinIssue, make_issue
from evaluation.messages.published import BULLETIN_PUBLISHED
from evaluation.storage import bulletins

SOURCE = "evaluation"


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="区划及其下级刚发布的通报 / Issues of a division, or of one below it, as they are published"
    )
    async def bulletin_published(self, info: Info, division: ID) -> AsyncIterator[BulletinIssue]:
        # Every lane: the issue of a city is born in another lane than those of its counties.
        facts = await info.context.listen(SOURCE, BULLETIN_PUBLISHED)
        return _published(info, facts, division_prefix(division))


async def _published(info: Info, facts: FactStream, within: str) -> AsyncIterator[BulletinIssue]:
    async for fact in facts:
        if fact.data["division"].startswith(within):
            found = await bulletins.find(info.context.database, [fact.subject])
            for issue in found.values():
                yield make_issue(issue, info.context.lang)
