"""Registrations in the graph."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Context, Info, connection
from servicekit.security import Target
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.certificates import Certificate, issued
from registration.api.divisions import Community
from registration.api.enums import Basis, RegistrationStatus
from registration.api.grids import Grid, Group, Squad
from registration.api.members import Member, members_by_id
from registration.api.pages import in_order, paged
from registration.api.policy import PAPER_HOLDERS
from registration.domain import registrations
from registration.use_cases.change_registrations import target_of


@strawberry.federation.type(keys=["id"], description="报到 / A registration")
class Registration:
    id: strawberry.ID
    status: RegistrationStatus
    basis: Basis
    submitted_at: datetime
    completed_at: datetime | None
    completed_on: date | None
    closed_at: datetime | None
    reason: str | None
    policy_target: strawberry.Private[Target]
    registration: strawberry.Private[registrations.Registration]

    @strawberry.field(description="最近一次签发的时间 / When the newest certificate was issued")
    def certified_at(self) -> datetime | None:
        papers = self.registration.certificates
        return papers[-1].issued_at if papers else None

    @strawberry.field(description="有效报到证编号;出示前仅党员和单位可见 / Hidden from the host until it is presented")
    def certificate_number(self, info: Info) -> str | None:
        paper = self.registration.certificate if self._may_see_paper(info.context) else None
        return paper.number if paper else None

    @strawberry.field(description="用于打印的报到证 / The certificate, to print")
    def certificate(self, info: Info) -> Certificate | None:
        paper = self.registration.certificate if self._may_see_paper(info.context) else None
        return issued(info.context, paper, self.registration) if paper else None

    def _may_see_paper(self, context: Context) -> bool:
        presented = self.status is not RegistrationStatus.CERTIFIED
        return presented or PAPER_HOLDERS.permits(
            context.principal, target_of(self.registration), "Registration.certificateNumber"
        )

    @strawberry.field
    async def member(self, info: Info) -> Member:
        (found,) = await members_by_id(info.context, [self.registration.member_id])
        assert found is not None
        return found

    @strawberry.field
    async def community(self, info: Info) -> Community:
        return Community.of(await info.context.loaders.load(loaders.divisions, self.registration.community_code))

    @strawberry.field
    async def grid(self, info: Info) -> Grid | None:
        if self.registration.grid_id is None:
            return None
        return Grid.of(await info.context.loaders.load(loaders.grids, self.registration.grid_id))

    @strawberry.field
    async def group(self, info: Info) -> Group | None:
        if self.registration.group_id is None:
            return None
        return Group.of(await info.context.loaders.load(loaders.groups, self.registration.group_id))

    @strawberry.field
    async def squad(self, info: Info) -> Squad | None:
        if self.registration.squad_id is None:
            return None
        return Squad.of(await info.context.loaders.load(loaders.squads, self.registration.squad_id))

    @classmethod
    def of(cls, one: registrations.Registration, context: Context) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            status=one.status,
            basis=one.basis,
            submitted_at=one.submitted_at,
            completed_at=one.completed_at,
            completed_on=one.completed_on,
            closed_at=one.closed_at,
            reason=one.reason,
            policy_target=registration_target(context, one),
            registration=one,
        )

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.registrations(info.context, [key["id"] for key in keys])
        return in_order(keys, "id", found, lambda one: cls.of(one, info.context))


def registration_target(context: Context, one: registrations.Registration) -> Target:
    """Both the community and where the unit sits may look."""
    at_community = target_of(one)
    if context.permits("Registration", at_community):
        return at_community
    return at_community._replace(division=one.unit_division)


@strawberry.type
class MemberRegistration:
    """What a member has of this."""

    id: strawberry.ID

    @strawberry.field(description="最近一次报到 / The newest registration")
    async def registration(self, info: Info) -> Registration | None:
        found = await info.context.loaders.find(loaders.newest_registrations, self.id)
        return Registration.of(found, info.context) if found else None


@strawberry.type
class CommunityRegistrations:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="已完成报到的党员 / Members whose registration here is completed")
    async def members(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Member"] | None:
        status = RegistrationStatus.COMPLETED.value
        page = await info.context.loaders.load(
            loaders.community_registrations, self.code, first=first, after=after, status=status
        )
        nodes = await members_by_id(info.context, [one["member_id"] for one in page.items])
        return paged(page, [one for one in nodes if one])

    @strawberry.field
    async def registrations(
        self, info: Info, first: int = 20, after: str | None = None, status: RegistrationStatus | None = None
    ) -> Connection["Registration"] | None:
        page = await info.context.loaders.load(
            loaders.community_registrations, self.code, first=first, after=after, status=status and status.value
        )
        return connection(page, lambda one: Registration.of(restore(registrations.Registration, one), info.context))
