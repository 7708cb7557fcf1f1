"""Values of indicators, and the lists of those who are missing."""

import asyncio
from dataclasses import asdict, replace
from datetime import date, datetime
from decimal import Decimal

import strawberry
from servicekit.domain import InvalidInput
from servicekit.domain.refusals import Language
from servicekit.graphql import Connection, Info, connection
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.loaders import Counted
from evaluation.api.scopes import RESIDUAL, Scope, counted_in
from evaluation.api.types.facts import LedgerFact, facts, missing_facts
from evaluation.api.types.members import Member
from evaluation.domain.contributions import Counts
from evaluation.domain.divisions import valid
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import Direction, Indicator, IndicatorId, evaluate
from evaluation.domain.months import AsOf, last_day
from evaluation.domain.trends import has_trend, trend
from evaluation.storage.residuals import residual

strawberry.enum(Direction, name="Direction", description="是否越高越好 / Whether more of it is better")


@strawberry.type(description="一个月末的数值 / An indicator up to the end of a month")
class MonthValue:
    month: str = strawberry.field(description="如 2017-03 / Such as 2017-03")
    numerator: int
    denominator: int | None
    value: Decimal | None
    added: int = strawberry.field(description="本月新增 / What the numerator counted in this month alone")


@strawberry.type(description="一项指标的数值及其口径 / A value, with what it was made of and how it was counted")
class IndicatorValue:
    id: IndicatorId
    division: ID = strawberry.field(
        description="所在区划;条线的统计范围 / Where it is; for a line, within which its units are taken"
    )
    unit_id: ID | None = strawberry.field(description="单位的指标 / Of a unit")
    line: str | None = strawberry.field(description="条线的指标 / Of the units of a line")
    year: int
    name: str
    unit: str
    direction: Direction
    rule: str = strawberry.field(description="统计口径 / The counting rule in words")
    value: Decimal | None = strawberry.field(
        description="计数,或百分比(两位小数);分母为零时无数值 / The count, or percent with two places; none of nothing"
    )
    numerator: int
    denominator: int | None
    as_of: datetime = strawberry.field(description="统计时间 / When it was read")
    up_to: date = strawberry.field(description="截止日期:计至该日 / The day up to which things count")
    scope: strawberry.Private[Scope]
    compared: strawberry.Private[bool] = False

    @strawberry.field(
        description="未达到的党员,仅上级管理员与所在单位可见;仅对人的比率有此名单 / "
        "Who is missing from a rate of members: for the division's admins and, with `unit`, for the unit that must act"
    )
    async def residual(
        self, info: Info, first: int = 20, after: str | None = None, unit: ID | None = None
    ) -> Connection[Member] | None:
        return await members_missing(info, self.id, self.scope.of_unit(unit), first=first, after=after)

    @strawberry.field(
        description="未达到的事项或社区,仅本级及上级管理员可见;仅对事项的比率有此清单 / "
        "What is missing from a rate of things or of communities, for its admins"
    )
    async def residual_facts(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[LedgerFact] | None:
        return await missing_facts(info, self.id, self.scope, first=first, after=after)

    @strawberry.field(description="分子所计的事实,仅本级及上级管理员可见 / The facts that it counts, for its admins")
    async def facts(self, info: Info, first: int = 20, after: str | None = None) -> Connection[LedgerFact] | None:
        return await facts(info, self.id, self.scope, first=first, after=after)

    @strawberry.field(
        description="本年度截至所示日期的各月走势;无月度数据的指标无此项 / "
        "Month by month, up to the day shown; none for indicators that have no months"
    )
    async def trend(self, info: Info) -> list[MonthValue] | None:
        indicator = FIGURES[self.id]
        if not has_trend(indicator) or (self.scope.of_units and not indicator.of_units):
            return None
        months = await self._months(info)
        return [MonthValue(**asdict(value)) for value in trend(indicator, months, self.scope.asked)]

    async def _months(self, info: Info) -> dict[str, Counts]:
        if self.scope.units is None:
            return await info.context.loaders.load(loaders.months, self.division)
        return await info.context.loaders.load(loaders.months_of_units, self.scope.units, self.year)

    @strawberry.field(
        description="同级区划比较,按代码排列;仅比较组织 / The divisions of the same level by code; organisations only"
    )
    async def comparison(self, info: Info) -> list["IndicatorValue"]:
        if self.scope.units is not None:
            return []
        if self.compared:
            # Peers of peers are the same ones, as many again at each level of a query.
            raise InvalidInput(
                path="comparison", reason_zh="比较结果不能再比较", reason_en="what is compared is not compared again"
            )
        peers = await info.context.loaders.load(loaders.peers, self.division)
        if not peers:
            return [replace(self, compared=True)]
        values = await asyncio.gather(*(self._of_peer(info, peer.division) for peer in peers))
        # As in a bulletin: one whose code was withdrawn is left out where nothing counts any more.
        day, own = self.scope.asked.day, self.division
        pairs = zip(peers, values, strict=True)
        return [one for peer, one in pairs if peer.division == own or valid(peer, day) or one.counts_something]

    async def _of_peer(self, info: Info, division: str) -> "IndicatorValue":
        scope = Scope(self.scope.asked, division)
        counted = await counted_in(info.context, scope)
        return replace(indicator_value(FIGURES[self.id], scope, counted, info.context.lang), compared=True)

    @property
    def counts_something(self) -> bool:
        return bool(self.numerator or self.denominator)


async def members_missing(
    info: Info, id: IndicatorId, scope: Scope, *, first: int, after: str | None
) -> Connection[Member] | None:
    """A page of the members missing from a rate; None where the indicator is none. Raises NotPermitted."""
    info.context.require(RESIDUAL, scope.target)
    kind = FIGURES[id].residual
    if kind is None or not kind.of_members:
        return None
    units = (scope.unit,) if scope.units is None and scope.unit else scope.units
    page = await residual(info.context.database, kind, scope.prefix, scope.asked, units=units, first=first, after=after)
    return connection(page, lambda row: Member(id=ID(row["member"])))


async def indicators_of(info: Info, scope: Scope, ids: list[IndicatorId] | None) -> list[IndicatorValue]:
    """Each once; by default all."""
    counted = await counted_in(info.context, scope)
    wanted = dict.fromkeys(ids) if ids is not None else FIGURES
    return [indicator_value(FIGURES[id], scope, counted, info.context.lang) for id in wanted]


def indicator_value(indicator: Indicator, scope: Scope, counted: Counted, lang: Language) -> IndicatorValue:
    """The value of an indicator in a scope, in words of this language."""
    value = evaluate(indicator, counted.rows, scope.asked.year, of_units=scope.of_units)
    return IndicatorValue(
        id=indicator.id,
        division=ID(scope.division),
        unit_id=ID(scope.unit) if scope.unit else None,
        line=scope.line,
        year=scope.asked.year,
        name=indicator.name.in_(lang),
        unit=indicator.unit.in_(lang),
        direction=indicator.direction,
        rule=indicator.rule.in_(lang),
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        as_of=counted.as_of,
        up_to=shown(scope.asked),
        scope=scope,
    )


def shown(asked: AsOf) -> date:
    """The day up to which things count: the month's last, or today."""
    return min(last_day(asked.month), loaders.today())
