"""A member's year of service."""

import asyncio
from decimal import Decimal
from typing import Any

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.security import Target
from strawberry import ID

from evaluation.api.access import visible_standing
from evaluation.api.types.facts import LedgerFact, make_fact
from evaluation.api.types.members import Member
from evaluation.domain.standings import YearOfService, year_of_service
from evaluation.storage.ledger import services_of


@strawberry.type(description="一类先锋的服务次数 / Services of one kind of vanguard")
class VanguardServices:
    vanguard: str
    services: int


@strawberry.federation.type(
    keys=["memberId year"],
    description="党员年度服务情况;不作个人排名 / A member's year of service; individuals are never ranked",
)
class Standing:
    member_id: ID
    year: int
    services: int = strawberry.field(description="本年度经确认的服务次数 / Confirmed services in the year")
    hours: Decimal = strawberry.field(description="本年度服务时长(小时) / Hours served in the year")
    stars: int | None = strawberry.field(
        description="截至本年度末累计时长的星级:100、300、600、1000、1500 小时;仅本人可见 / "
        "From all hours up to the year's end; for the member alone"
    )
    vanguards: list[VanguardServices]
    policy_target: strawberry.Private[Target]

    @strawberry.field(
        description="本年度每一次服务及其状态,可据以申诉 / Each service of the year and its state, to be appealed about"
    )
    async def counted(self, info: Info, first: int = 20, after: str | None = None) -> Connection[LedgerFact]:
        page = await services_of(info.context.database, self.member_id, self.year, first=first, after=after)
        return connection(page, make_fact)

    @strawberry.field
    def member(self) -> Member:
        return Member(id=self.member_id)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Standing | BaseException"]:
        wanted = (standing(info, key["member_id"], key["year"]) for key in keys)
        return await asyncio.gather(*wanted, return_exceptions=True)


@strawberry.type
class MemberStanding:
    """What a member has of standings."""

    id: ID

    @strawberry.field(
        description="本人、所在单位、报到社区及其上级可见 / Seen by the member, its unit, where it is registered"
    )
    async def standing(self, info: Info, year: int) -> Standing | None:
        return await standing(info, self.id, year)


async def standing(info: Info, member: str, year: int) -> Standing:
    """Raises NotPermitted."""
    held = await visible_standing(info.context, member)
    return _standing(member, year, year_of_service(held, year))


def _standing(member: str, year: int, served: YearOfService) -> Standing:
    return Standing(
        member_id=ID(member),
        year=year,
        services=served.services,
        hours=Decimal(served.hours) / 100,
        stars=served.stars,
        policy_target=Target(member=member),
        vanguards=[VanguardServices(vanguard=name, services=count) for name, count in served.vanguards.items()],
    )
