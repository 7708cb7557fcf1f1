"""Evaluation schemes, and scores that explain themselves."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from servicekit.domain import NotFound, NotPermitted
from servicekit.domain.refusals import Language
from servicekit.graphql import Context, Info
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.scopes import Scope, counted_in
from evaluation.api.types.indicators import IndicatorValue, indicator_value, shown
from evaluation.domain import schemes
from evaluation.domain.divisions import owners
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.periods import PeriodKind, period_with
from evaluation.domain.schemes import Level, SchemeStatus
from evaluation.storage.schemes import in_force

DRAFTS = "Query.schemes"

strawberry.enum(Level, name="SchemeLevel", description="方案的评价对象 / What a scheme scores")
strawberry.enum(SchemeStatus, description="方案状态 / Where a scheme stands")


@strawberry.type(description="方案的一项指标 / One indicator of a scheme")
class SchemeItem:
    indicator: IndicatorId
    name: str
    weight: Decimal
    target: Decimal = strawberry.field(description="达到即得满分 / All of the weight from here on")
    floor: Decimal = strawberry.field(description="不高于此不得分 / No points up to here")


@strawberry.federation.type(
    keys=["id"], description="考评方案;发布后不再改变 / A scheme; once published it never changes"
)
class Scheme:
    id: ID
    division: ID
    level: Level
    line: str | None = strawberry.field(description="仅对该条线 / Only for this line, or its units")
    name: str
    starts_on: date
    ends_on: date
    status: SchemeStatus
    edition: int | None = strawberry.field(description="发布的版次 / Its edition once published")
    items: list[SchemeItem]

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Scheme | None"]:
        found = [await find_scheme(info.context, key["id"]) for key in keys]
        return [make_scheme(one, info.context.lang) if one else None for one in found]


@strawberry.type(description="一项指标的得分 / What one indicator scores, and why")
class ItemScore:
    weight: Decimal
    target: Decimal
    floor: Decimal
    attained: Decimal | None = strawberry.field(
        description="由底线到目标完成的比例(0 至 1);无数值时为空 / The way from floor to target; none of no value"
    )
    points: Decimal | None
    value: IndicatorValue = strawberry.field(
        description="数值、口径、名单与事实 / The value with its rule, its residual list and its facts"
    )


@strawberry.type(
    description="一个区划、单位或条线的得分;仅评价组织 / What a division, unit or line scores; organisations only"
)
class Score:
    division: ID = strawberry.field(
        description="所在区划;条线的统计范围 / Where it is; for a line, within which its units are taken"
    )
    unit_id: ID | None
    line: str | None
    year: int
    up_to: date
    scheme: Scheme
    as_of: datetime
    total: Decimal | None = strawberry.field(
        description="百分制得分;各项均无数值时为空 / In a hundred; none when no item has a value"
    )
    points: Decimal
    out_of: Decimal = strawberry.field(description="有数值各项的权重之和 / The weights of the items that have a value")
    items: list[ItemScore]


async def find_scheme(context: Context, id: str) -> schemes.Scheme | None:
    """Raises NotPermitted for a draft of another division or line."""
    scheme = await context.loaders.find(loaders.schemes, id)
    if scheme is None:
        return None
    draft = scheme.status is not SchemeStatus.PUBLISHED
    if draft and not context.permits(DRAFTS, Target(division=scheme.division, line=scheme.line)):
        raise NotPermitted(permission=DRAFTS)
    return scheme


async def make_score(info: Info, scope: Scope, scheme_id: str | None, kind: PeriodKind) -> Score:
    """Under the scheme given, or the one in force for the period of this kind. Raises NotFound, NotPermitted."""
    context, year = info.context, scope.asked.year
    scheme = await find_scheme(context, scheme_id) if scheme_id else await _in_force(context, scope, kind)
    if scheme is None:
        of = scope.unit or scope.line or scope.division
        raise NotFound(path="schemeId", what_zh="考评方案", what_en="scheme", id=scheme_id or f"{of}/{year}")
    counted = await counted_in(context, scope)
    scored = schemes.score(scheme.items, counted.rows, year, of_units=scope.of_units)
    return Score(
        division=ID(scope.division),
        unit_id=ID(scope.unit) if scope.unit else None,
        line=scope.line,
        year=year,
        up_to=shown(scope.asked),
        scheme=make_scheme(scheme, context.lang),
        as_of=counted.as_of,
        total=scored.total,
        points=scored.points,
        out_of=scored.out_of,
        items=[
            ItemScore(
                weight=one.item.weight,
                target=one.item.target,
                floor=one.item.floor,
                attained=one.attained,
                points=one.points,
                value=indicator_value(FIGURES[one.item.indicator], scope, counted, context.lang),
            )
            for one in scored.items
        ],
    )


async def _in_force(context: Context, scope: Scope, kind: PeriodKind) -> schemes.Scheme | None:
    level, line = await _level(context, scope)
    asked = period_with(scope.asked.day_of_year, kind)
    return await in_force(context.database, owners(scope.division), level, asked, line=line)


async def _level(context: Context, scope: Scope) -> tuple[str, str | None]:
    """At which level it is scored, and of which line it is."""
    if scope.unit:
        unit = await context.loaders.find(loaders.unit_facts, scope.unit)
        return Level.UNIT, unit.line if unit else None
    if scope.line:
        return Level.LINE, scope.line
    fact = await context.loaders.find(loaders.division_facts, scope.division)
    if fact is None:
        raise NotFound(path="division", what_zh="区划", what_en="division", id=scope.division)
    return fact.status, None


def make_scheme(scheme: schemes.Scheme, lang: Language) -> Scheme:
    return Scheme(
        id=ID(scheme.id),
        division=ID(scheme.division),
        level=scheme.level,
        line=scheme.line,
        name=scheme.name,
        starts_on=scheme.starts_on,
        ends_on=scheme.ends_on,
        status=scheme.status,
        edition=scheme.edition,
        items=[
            SchemeItem(
                indicator=item.indicator,
                name=FIGURES[item.indicator].name.in_(lang),
                weight=item.weight,
                target=item.target,
                floor=item.floor,
            )
            for item in scheme.items
        ],
    )
