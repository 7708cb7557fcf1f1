"""The types of the subgraph. Whatever identifies a person is masked here and guarded by the policy."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Context, Info, connection
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.certificates import Certificate, issued
from registration.api.enums import AgreementStatus, Basis, Level, RegistrationStatus, Support
from registration.api.groups import Group, Squad
from registration.api.pages import in_order, paged
from registration.api.personal_types import DataConsent, DataCorrection, DataReveal
from registration.api.policy import PAPER_HOLDERS
from registration.api.roster_versions import RosterVersion
from registration.domain import (
    agreements,
    data_corrections,
    divisions,
    grids,
    groups,
    members,
    registrations,
    reveals,
    rosters,
    squads,
    units,
)
from registration.domain.consents import city_of
from registration.domain.people import PersonalData, masked_id_number, masked_name, masked_phone
from registration.use_cases.change_registrations import target_of
from registration.use_cases.review_roster import open_personal_data


@strawberry.federation.type(keys=["code"], description="区划 / A division")
class Division:
    code: strawberry.ID
    name: str
    level: Level
    valid_from: date | None
    valid_until: date | None
    parent_code: strawberry.Private[str | None]
    successor_codes: strawberry.Private[list[str]]

    @strawberry.field
    async def parent(self, info: Info) -> "Division | None":
        return await division(info.context, self.parent_code) if self.parent_code else None

    @strawberry.field
    async def children(
        self, info: Info, first: int = 20, after: str | None = None, as_of: date | None = None
    ) -> Connection["Division"]:
        page = await info.context.loaders.load(loaders.children, self.code, first=first, after=after, as_of=as_of)
        return connection(page, lambda one: Division.of(restore(divisions.Division, one), as_of))

    @strawberry.field(description="其下所有社区 / All communities below it, at any depth")
    async def communities(
        self, info: Info, first: int = 20, after: str | None = None, as_of: date | None = None
    ) -> Connection["Community"]:
        page = await info.context.loaders.load(loaders.communities, self.code, first=first, after=after, as_of=as_of)
        return connection(page, lambda one: Community.of(restore(divisions.Division, one), as_of))

    @strawberry.field(description="撤销后承接其人员的区划 / Where its people went when it was withdrawn")
    async def successors(self, info: Info) -> list["Division"]:
        found = await asyncio.gather(*(division(info.context, code) for code in self.successor_codes))
        return [one for one in found if one]

    @classmethod
    def of(cls, one: divisions.Division, as_of: date | None = None) -> Self:
        """As it was called that day, today when it is None."""
        return cls(
            code=strawberry.ID(one.id),
            name=one.name_on(as_of) if as_of else one.name,
            level=one.level,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            parent_code=one.parent,
            successor_codes=one.successors,
        )

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.divisions(info.context, [key["code"] for key in keys])
        return in_order(keys, "code", found, cls.of)


async def division(context: Context, code: str, as_of: date | None = None) -> Division | None:
    """As it was that day; None when it was not valid then."""
    found = await context.loaders.find(loaders.divisions, code)
    return Division.of(found, as_of) if found and (as_of is None or found.valid_on(as_of)) else None


@strawberry.federation.type(keys=["code"], description="社区 / A community")
class Community:
    code: strawberry.ID
    name: str
    valid_until: date | None

    @property
    def policy_target(self) -> Target:
        return Target(division=self.code)

    @strawberry.field
    async def county(self, info: Info) -> Division:
        found = await info.context.loaders.load(loaders.divisions, self.code[:6])
        return Division.of(found)

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

    @strawberry.field
    async def grids(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Grid"]:
        page = await info.context.loaders.load(loaders.community_grids, self.code, first=first, after=after)
        return connection(page, lambda one: Grid.of(restore(grids.Grid, one)))

    @classmethod
    def of(cls, one: divisions.Division, as_of: date | None = None) -> Self:
        name = one.name_on(as_of) if as_of else one.name
        return cls(code=strawberry.ID(one.id), name=name, valid_until=one.valid_until)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.divisions(info.context, [key["code"] for key in keys])
        return [_community(cls, found.get(key["code"])) for key in keys]


def _community(kind: type[Community], one: divisions.Division | None) -> Any:
    return kind.of(one) if one is not None and one.level is Level.COMMUNITY else None


async def community(context: Context, code: str) -> Community | None:
    found: Community | None = _community(Community, await context.loaders.find(loaders.divisions, code))
    return found


@strawberry.federation.type(keys=["id"], description="单位 / A unit")
class Unit:
    id: strawberry.ID
    name: str
    credit_code: str
    line: str
    division_code: strawberry.Private[str]

    @property
    def policy_target(self) -> Target:
        return Target(division=self.division_code, unit=self.id, line=self.line)

    @strawberry.field
    async def division(self, info: Info) -> Division:
        return Division.of(await info.context.loaders.load(loaders.divisions, self.division_code))

    @strawberry.field(description="在册党员 / Members on its active roster")
    async def members(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Member"] | None:
        page = await info.context.loaders.load(loaders.unit_members, self.id, first=first, after=after)
        nodes = await present_members(info.context, [restore(members.Member, one) for one in page.items])
        return paged(page, nodes)

    @strawberry.field
    async def agreements(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Agreement"]:
        page = await info.context.loaders.load(loaders.unit_agreements, self.id, first=first, after=after)
        return connection(page, lambda one: Agreement.of(restore(agreements.Agreement, one)))

    @strawberry.field(description="花名册各版本,由旧到新 / Its roster versions, oldest first")
    async def rosters(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RosterVersion] | None:
        page = await info.context.loaders.load(loaders.unit_rosters, self.id, first=first, after=after)
        return connection(page, lambda one: RosterVersion.of(restore(rosters.RosterVersion, one)))

    @classmethod
    def of(cls, one: units.Unit) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            name=one.name,
            credit_code=one.credit_code,
            line=one.line,
            division_code=one.division,
        )

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.units(info.context, [key["id"] for key in keys])
        return in_order(keys, "id", found, cls.of)


@strawberry.federation.type(keys=["id", "unitId communityCode"], description="结对共建协议 / An agreement")
class Agreement:
    id: strawberry.ID
    unit_id: strawberry.ID
    community_code: strawberry.ID
    primary: bool
    support: list[Support]
    status: AgreementStatus
    starts_on: date
    ends_on: date | None
    ended_on: date | None

    @strawberry.field
    async def unit(self, info: Info) -> Unit:
        return Unit.of(await info.context.loaders.load(loaders.units, self.unit_id))

    @strawberry.field
    async def community(self, info: Info) -> Community:
        return Community.of(await info.context.loaders.load(loaders.divisions, self.community_code))

    @classmethod
    def of(cls, one: agreements.Agreement) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            unit_id=strawberry.ID(one.unit_id),
            community_code=strawberry.ID(one.community_code),
            primary=one.primary,
            support=one.support,
            status=one.status,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            ended_on=one.ended_on,
        )

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        find = info.context.loaders.find
        found = await asyncio.gather(
            *(
                find(loaders.agreements, key["id"])
                if "id" in key
                else find(loaders.agreements_by_pair, (key["unit_id"], key["community_code"]))
                for key in keys
            )
        )
        return [cls.of(one) if one else None for one in found]


@strawberry.federation.type(keys=["id"], description="党员;个人信息均已脱敏 / A member; personal data is masked")
class Member:
    id: strawberry.ID
    on_roster: bool
    joined_on: date
    left_on: date | None
    policy_target: strawberry.Private[Target]
    member: strawberry.Private[members.Member]
    vault: strawberry.Private[Vault]

    @cached_property
    def _data(self) -> PersonalData:
        return open_personal_data(self.vault, self.member)

    @strawberry.field
    def name(self) -> str | None:
        return masked_name(self._data.name)

    @strawberry.field
    def id_number(self) -> str | None:
        return masked_id_number(self._data.id_number)

    @strawberry.field
    def phone(self) -> str | None:
        return masked_phone(self._data.phone) if self._data.phone else None

    @strawberry.field(description="居住社区 / The community of residence, where known")
    async def residence(self, info: Info) -> Community | None:
        return await community(info.context, self.member.residence) if self.member.residence else None

    @strawberry.field
    async def unit(self, info: Info) -> Unit:
        return Unit.of(await info.context.loaders.load(loaders.units, self.member.unit_id))

    @strawberry.field(description="最近一次报到 / The newest registration")
    async def registration(self, info: Info) -> "Registration | None":
        found = await info.context.loaders.find(loaders.newest_registrations, self.id)
        return Registration.of(found, info.context) if found else None

    @strawberry.field(description="谁查看过其个人信息 / Who was shown the personal data, oldest first")
    async def reveals(self, info: Info, first: int = 20, after: str | None = None) -> Connection[DataReveal] | None:
        page = await info.context.loaders.load(loaders.member_reveals, self.id, first=first, after=after)
        return connection(page, lambda one: DataReveal.of(restore(reveals.Reveal, one)))

    @strawberry.field(description="更正申请,由旧到新 / Corrections asked for, oldest first")
    async def corrections(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[DataCorrection] | None:
        page = await info.context.loaders.load(loaders.member_corrections, self.id, first=first, after=after)
        return connection(
            page, lambda one: DataCorrection.of(restore(data_corrections.DataCorrection, one), self.vault)
        )

    @strawberry.field
    async def consent(self, info: Info) -> DataConsent | None:
        found = await info.context.loaders.find(loaders.consents, self.id)
        current = await info.context.loaders.find(loaders.consent_texts, city_of(self.member.lane))
        return DataConsent.of(found, current.number if current else None) if found else None

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[Member | None]":
        return await members_by_id(info.context, [key["id"] for key in keys])


async def members_by_id(context: Context, ids: Sequence[str]) -> list[Member | None]:
    """The members in the order of their ids, None where there is none. Batched with the others of the request."""
    found = await asyncio.gather(*(context.loaders.find(loaders.members, one) for one in ids))
    present = iter(await present_members(context, [one for one in found if one]))
    return [next(present) if one else None for one in found]


async def present_members(context: Context, found: Sequence[members.Member]) -> list[Member]:
    newest = await asyncio.gather(*(context.loaders.find(loaders.newest_registrations, one.id) for one in found))
    vault = context.resource(Vault)
    return [
        Member(
            id=strawberry.ID(one.id),
            on_roster=one.on_roster,
            joined_on=one.joined_on,
            left_on=one.left_on,
            policy_target=_member_target(context, one, registration),
            member=one,
            vault=vault,
        )
        for one, registration in zip(found, newest, strict=True)
    ]


def _member_target(context: Context, one: members.Member, registration: registrations.Registration | None) -> Target:
    """Both where the unit sits and where the member registered may look."""
    at_unit = Target(division=one.unit_division, unit=one.unit_id, member=one.id, line=one.line)
    if registration is None or context.permits("Member.name", at_unit):
        return at_unit
    return at_unit._replace(division=registration.community_code)


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
    async def grid(self, info: Info) -> "Grid | None":
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


@strawberry.federation.type(keys=["id"], description="网格(临时党支部) / A grid (branch)")
class Grid:
    id: strawberry.ID
    name: str
    compounds: list[str]
    community_code: strawberry.Private[str]

    @strawberry.field
    async def community(self, info: Info) -> Community:
        return Community.of(await info.context.loaders.load(loaders.divisions, self.community_code))

    @strawberry.field
    async def groups(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Group]:
        page = await info.context.loaders.load(loaders.grid_groups, self.id, first=first, after=after)
        return connection(page, lambda one: Group.of(restore(groups.Group, one)))

    @strawberry.field
    async def squads(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Squad]:
        page = await info.context.loaders.load(loaders.grid_squads, self.id, first=first, after=after)
        return connection(page, lambda one: Squad.of(restore(squads.Squad, one)))

    @classmethod
    def of(cls, one: grids.Grid) -> Self:
        return cls(id=strawberry.ID(one.id), name=one.name, compounds=one.compounds, community_code=one.community_code)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.grids(info.context, [key["id"] for key in keys])
        return in_order(keys, "id", found, cls.of)
