"""Agreements in the graph."""

import asyncio
from datetime import date
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.divisions import Community
from registration.api.enums import AgreementStatus, Support
from registration.api.units import Unit
from registration.domain import agreements


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


@strawberry.type
class UnitAgreements:
    """What a unit has of this."""

    id: strawberry.ID

    @strawberry.field
    async def agreements(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Agreement"]:
        page = await info.context.loaders.load(loaders.unit_agreements, self.id, first=first, after=after)
        return connection(page, lambda one: Agreement.of(restore(agreements.Agreement, one)))
