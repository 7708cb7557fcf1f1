"""What may be changed through this subgraph."""

from datetime import date
from decimal import Decimal

import strawberry
from servicekit.domain import InvalidInput, NotFound, TooManyRows
from servicekit.graphql import Info, result_union
from servicekit.graphql.inputs import rows, text
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.appeal_mutations import AppealMutations
from evaluation.api.scopes import about_of, target_of
from evaluation.api.statement_mutations import StatementMutations
from evaluation.api.types.issues import BulletinIssue, make_issue
from evaluation.api.types.schemes import Scheme, make_scheme
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import (
    BulletinAlreadyFrozen,
    BulletinAlreadyPublished,
    BulletinExists,
    BulletinNotFrozen,
    PeriodNotOver,
)
from evaluation.domain.periods import period
from evaluation.domain.schemes import Item, Level, SchemeAlreadyPublished, WeightsDoNotSum
from evaluation.use_cases.bulletins import draft_bulletin, freeze_bulletin, publish_bulletin
from evaluation.use_cases.schemes import draft_scheme, publish_scheme

MOST = 1_000_000_000


@strawberry.input(description="区划、单位,或区划与条线 / Of a division, of a unit, or of a line in a division")
class DraftBulletinInput:
    division: ID | None = None
    unit: ID | None = None
    line: str | None = text(max=100, min=1, default=None)
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


@strawberry.input
class SchemeItemInput:
    indicator: IndicatorId
    weight: Decimal
    target: Decimal
    floor: Decimal


@strawberry.input(
    description="给出条线的,仅对该条线或其各单位 / With a line it is only for this line, or for its units"
)
class DraftSchemeInput:
    division: ID
    level: Level
    line: str | None = text(max=100, min=1, default=None)
    name: str = text(max=100, min=1)
    starts_on: date
    ends_on: date
    items: list[SchemeItemInput] = rows(max=50)


@strawberry.input
class SchemeInput:
    id: ID


DraftSchemeResult = result_union("DraftSchemeResult", Scheme, NotFound, WeightsDoNotSum, TooManyRows)
PublishSchemeResult = result_union("PublishSchemeResult", Scheme, NotFound, SchemeAlreadyPublished)


@strawberry.type
class Mutation(AppealMutations, StatementMutations):
    @strawberry.mutation(
        graphql_type=DraftBulletinResult,
        description="起草一期通报:自然月、季度或年度 / Draft the bulletin of a calendar month, quarter or year",
    )
    async def draft_bulletin(self, info: Info, input: DraftBulletinInput) -> BulletinIssue:
        about = await about_of(info.context, input.division, input.unit, input.line, "input.")
        info.context.require("Mutation.draftBulletin", target_of(about))
        asked = period(input.starts_on, input.ends_on)
        return make_issue(await info.context.run(draft_bulletin, about, asked), info.context.lang)

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

    @strawberry.mutation(
        graphql_type=DraftSchemeResult, description="起草考评方案,可先试算 / Draft a scheme; it can be tried before"
    )
    async def draft_scheme(self, info: Info, input: DraftSchemeInput) -> Scheme:
        info.context.require("Mutation.draftScheme", Target(division=input.division, line=input.line))
        asked = period(input.starts_on, input.ends_on)
        items = [_item(number, one) for number, one in enumerate(input.items)]
        scheme = await info.context.run(draft_scheme, input.division, input.level, input.line, input.name, asked, items)
        return make_scheme(scheme, info.context.lang)

    @strawberry.mutation(graphql_type=PublishSchemeResult, description="发布考评方案的新版 / Publish its new edition")
    async def publish_scheme(self, info: Info, input: SchemeInput) -> Scheme:
        scheme = await info.context.loaders.find(loaders.schemes, input.id)
        if scheme is None:
            raise NotFound(path="input.id", what_zh="方案", what_en="scheme", id=input.id)
        info.context.require("Mutation.publishScheme", Target(division=scheme.division, line=scheme.line))
        return make_scheme(await info.context.run(publish_scheme, input.id), info.context.lang)


def _item(number: int, input: SchemeItemInput) -> Item:
    """Raises InvalidInput for what is no ordinary number."""
    for name in ("weight", "target", "floor"):
        value: Decimal = getattr(input, name)
        if not value.is_finite() or abs(value) > MOST or value != round(value, 4):
            raise InvalidInput(
                path=f"input.items.{number}.{name}",
                reason_zh=f"须为不超过 {MOST} 的数,至多四位小数",
                reason_en=f"a number up to {MOST}, with at most four decimal places",
            )
    return Item(indicator=input.indicator, weight=input.weight, target=input.target, floor=input.floor)


async def _require(info: Info, key: str, id: str) -> None:
    """Raises NotFound, NotPermitted."""
    issue = await info.context.loaders.find(loaders.issues, id)
    if issue is None:
        raise NotFound(path="input.id", what_zh="通报", what_en="bulletin", id=id)
    info.context.require(key, target_of(issue.about))
