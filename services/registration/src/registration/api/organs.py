"""The organ register, appointments, leader links and profiles in the graph."""

from datetime import UTC, date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Context, Info, connection
from servicekit.storage.paging import page
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.divisions import Community, Division
from registration.api.enums import AppointmentRole, OrganKind, PlatformPart, Rank
from registration.api.members import Member, members_by_id
from registration.api.pages import in_order
from registration.domain import appointments, leader_links, organs, profiles
from registration.domain.calendar import city_date
from registration.domain.divisions import parse_code
from registration.storage.collections import APPOINTMENTS, LEADER_LINKS, ORGANS, PROFILES
from registration.storage.leaders import Coverage, leader_coverage


@strawberry.federation.type(keys=["id"], description="组织 / An organ: founded in a division, until endedOn")
class Organ:
    id: strawberry.ID
    kind: OrganKind
    name: str
    compounds: list[str]
    founded_on: date
    ended_on: date | None
    division_code: strawberry.Private[str]

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return Division.of(await info.context.loaders.load(loaders.divisions, self.division_code))

    @classmethod
    def of(cls, one: organs.Organ) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            kind=one.kind,
            name=one.name,
            compounds=one.compounds,
            founded_on=one.starts_on,
            ended_on=one.ended_on,
            division_code=one.division,
        )

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.organs(info.context, [key["id"] for key in keys])
        return in_order(keys, "id", found, cls.of)


@strawberry.type(description="任职 / An appointment; organ is null where it is to the division itself")
class Appointment:
    id: strawberry.ID
    role: AppointmentRole
    rank: Rank
    starts_on: date
    ended_on: date | None
    made: strawberry.Private[appointments.Appointment]

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        return await _member(info.context, self.made.member_id)

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return Division.of(await info.context.loaders.load(loaders.divisions, self.made.division))

    @strawberry.field
    async def organ(self, info: Info) -> Organ | None:
        if self.made.organ_id is None:
            return None
        return Organ.of(await info.context.loaders.load(loaders.organs, self.made.organ_id))

    @classmethod
    def of(cls, one: appointments.Appointment) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            role=one.role,
            rank=one.rank,
            starts_on=one.starts_on,
            ended_on=one.ended_on,
            made=one,
        )


@strawberry.type(description="领导挂钩 / A leader's link to a community")
class LeaderLink:
    id: strawberry.ID
    starts_on: date
    ended_on: date | None
    link: strawberry.Private[leader_links.LeaderLink]

    @strawberry.field
    async def leader(self, info: Info) -> Member | None:
        return await _member(info.context, self.link.member_id)

    @strawberry.field
    async def community(self, info: Info) -> Community:
        return Community.of(await info.context.loaders.load(loaders.divisions, self.link.community_code))

    @classmethod
    def of(cls, one: leader_links.LeaderLink) -> Self:
        return cls(id=strawberry.ID(one.id), starts_on=one.starts_on, ended_on=one.ended_on, link=one)


@strawberry.type(description="领导挂钩覆盖 / leaders and linked of all communities on the day")
class LeaderCoverage:
    on: date
    leaders: int
    linked: int
    communities: int

    @classmethod
    def of(cls, one: Coverage) -> Self:
        return cls(on=one.on, leaders=one.leaders, linked=one.linked, communities=one.communities)


@strawberry.type(description="社区概况;经费为元/年,场所为平方米,新增含于总数 / Yuan a year, m2")
class CommunityProfile:
    staff: int
    funding: int
    premises: int
    added_funding: int
    added_premises: int
    platform: list[PlatformPart]
    code: strawberry.Private[str]

    @strawberry.field
    async def community(self, info: Info) -> Community:
        return Community.of(await info.context.loaders.load(loaders.divisions, self.code))

    @classmethod
    def of(cls, one: profiles.CommunityProfile) -> Self:
        return cls(**dict(one.means), code=one.id)


@strawberry.type
class OrganQueries:
    @strawberry.field(description="某区划内的组织 / Organs within a division, by kind where given")
    async def organs(
        self,
        info: Info,
        within: strawberry.ID,
        kind: OrganKind | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Organ]:
        match: dict[str, Any] = {"ancestors": parse_code(within, path="within")}
        if kind is not None:
            match["kind"] = kind.value
        shown = await page(info.context.database[ORGANS], match, first=first, after=after)
        return connection(shown, lambda one: Organ.of(restore(organs.Organ, one)))

    @strawberry.field(description="某区划内的任职 / Appointments within a division")
    async def appointments(
        self, info: Info, within: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[Appointment]:
        match = {"ancestors": parse_code(within, path="within")}
        shown = await page(info.context.database[APPOINTMENTS], match, first=first, after=after)
        return connection(shown, lambda one: Appointment.of(restore(appointments.Appointment, one)))

    @strawberry.field(description="某区划内的领导挂钩 / Leader links within a division")
    async def leader_links(
        self, info: Info, within: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[LeaderLink]:
        match = {"ancestors": parse_code(within, path="within")}
        shown = await page(info.context.database[LEADER_LINKS], match, first=first, after=after)
        return connection(shown, lambda one: LeaderLink.of(restore(leader_links.LeaderLink, one)))

    @strawberry.field(description="某日的挂钩覆盖,默认今天 / Coverage on a day, today by default")
    async def leader_coverage(self, info: Info, within: strawberry.ID, on: date | None = None) -> LeaderCoverage:
        return LeaderCoverage.of(
            await leader_coverage(info.context.database, parse_code(within, path="within"), on or _today())
        )

    @strawberry.field
    async def community_profile(self, info: Info, code: strawberry.ID) -> CommunityProfile | None:
        found = await info.context.database[PROFILES].find_one({"_id": code})
        return CommunityProfile.of(restore(profiles.CommunityProfile, found)) if found else None


async def _member(context: Context, member_id: str) -> Member | None:
    (found,) = await members_by_id(context, [member_id])
    return found


def _today() -> date:
    return city_date(datetime.now(UTC))
