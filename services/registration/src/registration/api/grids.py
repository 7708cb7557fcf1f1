"""Grids in the graph, and their parts: groups and squads."""

from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.divisions import Community
from registration.api.members import Member, members_by_id
from registration.api.pages import in_order
from registration.domain import grids, groups, squads


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
    async def leader(self, info: Info) -> Member | None:
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


@strawberry.type
class CommunityGrids:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field
    async def grids(self, info: Info, first: int = 20, after: str | None = None) -> Connection["Grid"]:
        page = await info.context.loaders.load(loaders.community_grids, self.code, first=first, after=after)
        return connection(page, lambda one: Grid.of(restore(grids.Grid, one)))
