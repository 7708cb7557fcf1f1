"""What is counted in divisions, in communities, and of a unit in a community under an agreement."""

from datetime import date, datetime
from decimal import Decimal

import strawberry
from servicekit.graphql import ForeignEntity, Info
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.scopes import Scope, asked_for, unit_scope
from evaluation.api.types.indicators import IndicatorValue, indicators_of
from evaluation.domain.indicators import Basis, IndicatorId, Measure, measure, rate


@strawberry.federation.type(keys=["code"])
class Division(ForeignEntity):
    code: ID

    @strawberry.field(description="本区划的指标,缺省为本年度全部指标 / Its indicators; by default all, of this year")
    async def indicators(
        self, info: Info, year: int | None = None, ids: list[IndicatorId] | None = None, up_to: date | None = None
    ) -> list[IndicatorValue]:
        return await indicators_of(info, Scope(asked_for(year, up_to), self.code), ids)


@strawberry.federation.type(keys=["id"])
class Unit(ForeignEntity):
    id: ID

    @strawberry.field(description="本单位党员的指标,无论在何社区 / Of its members, in whatever community")
    async def indicators(
        self, info: Info, year: int | None = None, ids: list[IndicatorId] | None = None, up_to: date | None = None
    ) -> list[IndicatorValue]:
        return await indicators_of(info, await unit_scope(info.context, self.id, asked_for(year, up_to)), ids)


@strawberry.type(description="社区数据 / What is counted in a community")
class CommunityFigures:
    registered: int = strawberry.field(description="截至所示日期报到党员 / Registrations completed and in force")
    served: int = strawberry.field(
        description="其中本年度服务不少于 2 次者 / Those of them with 2 services in the year"
    )
    service_rate: Decimal | None = strawberry.field(description="百分比;无人报到时无数值 / Percent; none of nobody")
    grids: int
    posts: int
    claims: int = strawberry.field(description="岗位与微心愿的有效认领 / Claims of posts and wishes in force")
    wishes: int
    wishes_claimed: int
    services: int = strawberry.field(description="本年度经确认的服务次数 / Services confirmed, served in the year")
    hours: Decimal = strawberry.field(description="本年度服务时长(小时) / Hours served in the year")
    as_of: datetime


@strawberry.federation.type(keys=["code"])
class Community(ForeignEntity):
    code: ID

    @strawberry.field
    async def figures(self, info: Info, year: int, up_to: date | None = None) -> CommunityFigures:
        asked = asked_for(year, up_to)
        return community_figures(await info.context.loaders.load(loaders.counts, self.code, asked), year)


@strawberry.type(description="单位与社区结对共建的成效 / What a unit's members do in the community of an agreement")
class AgreementEffect:
    registered: int = strawberry.field(description="该单位在该社区报到的党员 / Its members registered there")
    services: int = strawberry.field(
        description="该单位党员本年度在该社区的服务次数 / Their services there in the year"
    )
    hours: Decimal
    as_of: datetime


@strawberry.federation.type(keys=["unitId communityCode"])
class Agreement(ForeignEntity):
    unit_id: ID
    community_code: ID

    @property
    def policy_target(self) -> Target:
        return Target(unit=self.unit_id, division=self.community_code)

    @strawberry.field(description="该单位、该社区及其上级可见 / Seen by the unit, the community and those above it")
    async def effect(self, info: Info, year: int, up_to: date | None = None) -> AgreementEffect | None:
        asked = asked_for(year, up_to)
        counted = await info.context.loaders.load(loaders.unit_counts, (self.unit_id, self.community_code), asked)
        return AgreementEffect(
            registered=measure(Measure("registered"), counted.rows, year),
            services=measure(Measure("services", Basis.IN_YEAR), counted.rows, year),
            hours=_hours(counted, year),
            as_of=counted.as_of,
        )


def community_figures(counted: loaders.Counted, year: int) -> CommunityFigures:
    def of(counter: str, basis: Basis = Basis.UP_TO) -> int:
        return measure(Measure(counter, basis), counted.rows, year)

    registered, served = of("registered"), of("served", Basis.OF_YEAR)
    return CommunityFigures(
        registered=registered,
        served=served,
        service_rate=rate(served, registered),
        grids=of("grids"),
        posts=of("posts"),
        claims=of("post_claims") + of("wish_claims"),
        wishes=of("wishes"),
        wishes_claimed=of("wish_claims"),
        services=of("services", Basis.IN_YEAR),
        hours=_hours(counted, year),
        as_of=counted.as_of,
    )


def _hours(counted: loaders.Counted, year: int) -> Decimal:
    return Decimal(measure(Measure("hours", Basis.IN_YEAR), counted.rows, year)) / 100
