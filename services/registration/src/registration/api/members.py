"""Members in the graph. Whatever identifies a person is masked here and guarded by the policy."""

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

import strawberry
from servicekit.graphql import Connection, Context, Info
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.divisions import Community, community
from registration.api.pages import paged
from registration.api.units import Unit
from registration.domain import members, registrations
from registration.domain.people import PersonalData, masked_id_number, masked_name, masked_phone
from registration.use_cases.sealed_records import open_personal_data


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


@strawberry.type
class UnitMembers:
    """What a unit has of this."""

    id: strawberry.ID

    @strawberry.field(description="在册党员 / Members on its active roster")
    async def members(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Member"] | None:
        page = await info.context.loaders.load(loaders.unit_members, self.id, first=first, after=after)
        nodes = await present_members(info.context, [restore(members.Member, one) for one in page.items])
        return paged(page, nodes)
