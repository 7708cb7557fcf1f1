"""What may be changed through this subgraph."""

from datetime import date

import strawberry
from servicekit.domain import NotFound
from servicekit.graphql import Info, result_union
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.types.issues import BulletinIssue, make_issue
from evaluation.domain.issues import (
    BulletinAlreadyFrozen,
    BulletinAlreadyPublished,
    BulletinExists,
    BulletinNotFrozen,
    PeriodNotOver,
)
from evaluation.domain.periods import period
from evaluation.use_cases.bulletins import draft_bulletin, freeze_bulletin, publish_bulletin


@strawberry.input
class DraftBulletinInput:
    division: ID
    starts_on: date
    ends_on: date


@strawberry.input
class BulletinInput:
    id: ID


DraftBulletinResult = result_union("DraftBulletinResult", BulletinIssue, NotFound, BulletinExists)
FreezeBulletinResult = result_union(
    "FreezeBulletinResult", BulletinIssue, NotFound, BulletinAlreadyFrozen, PeriodNotOver
)
PublishBulletinResult = result_union(
    "PublishBulletinResult", BulletinIssue, NotFound, BulletinNotFrozen, BulletinAlreadyPublished
)


@strawberry.type
class Mutation:
    @strawberry.mutation(
        graphql_type=DraftBulletinResult,
        description="起草一期通报:自然月、季度或年度 / Draft the bulletin of a calendar month, quarter or year",
    )
    async def draft_bulletin(self, info: Info, input: DraftBulletinInput) -> BulletinIssue:
        info.context.require("Mutation.draftBulletin", Target(division=input.division))
        asked = period(input.starts_on, input.ends_on)
        return make_issue(await info.context.run(draft_bulletin, input.division, asked), info.context.lang)

    @strawberry.mutation(
        graphql_type=FreezeBulletinResult,
        description="定稿:此刻统计,永久保存 / Count everything now and keep it for ever",
    )
    async def freeze_bulletin(self, info: Info, input: BulletinInput) -> BulletinIssue:
        await _require(info, "Mutation.freezeBulletin", input.id)
        return make_issue(await info.context.run(freeze_bulletin, input.id), info.context.lang)

    @strawberry.mutation(
        graphql_type=PublishBulletinResult, description="发布并编号 / Publish it under the next number of its year"
    )
    async def publish_bulletin(self, info: Info, input: BulletinInput) -> BulletinIssue:
        await _require(info, "Mutation.publishBulletin", input.id)
        return make_issue(await info.context.run(publish_bulletin, input.id), info.context.lang)


async def _require(info: Info, key: str, id: str) -> None:
    """Raises NotFound, NotPermitted."""
    issue = await info.context.loaders.find(loaders.issues, id)
    if issue is None:
        raise NotFound(path="input.id", what_zh="通报", what_en="bulletin", id=id)
    info.context.require(key, Target(division=issue.division))
