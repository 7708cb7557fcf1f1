"""The parts of grids: groups and squads."""

from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry
from servicekit.graphql import Info

from registration.api import loaders
from registration.api.pages import in_order
from registration.domain import groups, squads

if TYPE_CHECKING:
    from registration.api.types import Member


@strawberry.federation.type(keys=["id"], description="党小组 / A group of a grid: buildings or stairs")
class Group:
    id: strawberry.ID
    name: str
    compound: str | None
    buildings: list[str]

    @strawberry.field(description="组内已完成报到的人数 / How many completed registrations are in it")
    async def member_count(self, info: Info) -> int:
        return await info.context.loaders.load(loaders.group_member_counts, self.id)

    @classmethod
    def of(cls, one: groups.Group) -> Self:
        return cls(id=strawberry.ID(one.id), name=one.name, compound=one.compound, buildings=one.buildings)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.groups(info.context, [key["id"] for key in keys])
        return in_order(keys, "id", found, cls.of)


@strawberry.federation.type(keys=["id"], description="小队(约十五人) / A squad of a grid, about fifteen members")
class Squad:
    id: strawberry.ID
    name: str
    capacity: int
    member_count: int
    leader_id: strawberry.Private[str | None]

    @strawberry.field(description="队长 / The member who leads it")
    async def leader(self, info: Info) -> Annotated["Member", strawberry.lazy("registration.api.types")] | None:
        from registration.api.types import members_by_id

        if self.leader_id is None:
            return None
        (found,) = await members_by_id(info.context, [self.leader_id])
        return found

    @classmethod
    def of(cls, one: squads.Squad) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            name=one.name,
            capacity=one.capacity,
            member_count=one.member_count,
            leader_id=one.leader_id,
        )

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list[Self | None]:
        found = await loaders.squads(info.context, [key["id"] for key in keys])
        return in_order(keys, "id", found, cls.of)
