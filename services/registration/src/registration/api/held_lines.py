"""Held lines in the graph: for the county that looks into them."""

from datetime import datetime
from typing import Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.security import Target
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.units import Unit
from registration.domain import held_lines
from registration.storage import reads


@strawberry.type(
    description="花名册上的人仍在另一单位名单上 / Whom a unit claims while another has it: transferMember settles it"
)
class HeldLine:
    id: strawberry.ID
    member_id: strawberry.ID
    held_at: datetime
    unit_id: strawberry.Private[str]
    holder_id: strawberry.Private[str]

    @strawberry.field(description="提出的单位 / The unit whose roster names the member")
    async def unit(self, info: Info) -> Unit:
        return Unit.of(await info.context.loaders.load(loaders.units, self.unit_id))

    @strawberry.field(description="现所在单位 / The unit that has the member")
    async def holder(self, info: Info) -> Unit:
        return Unit.of(await info.context.loaders.load(loaders.units, self.holder_id))

    @classmethod
    def of(cls, one: held_lines.HeldLine) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            member_id=strawberry.ID(one.member_id),
            held_at=one.held_at,
            unit_id=one.unit_id,
            holder_id=one.holder_id,
        )


@strawberry.type
class HeldLineQueries:
    @strawberry.field(description="待核定的花名册行 / Lines that wait, of the county (its code) where the members are")
    async def held_lines(
        self, info: Info, lane: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[HeldLine]:
        info.context.require("Query.heldLines", Target(division=lane))
        page = await reads.held_lines(info.context.database, lane, first, after)
        return connection(page, lambda one: HeldLine.of(restore(held_lines.HeldLine, one)))
