"""Divisions and communities in the graph."""

import asyncio
from datetime import date
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Context, Info, connection
from servicekit.security import Target
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.enums import Level
from registration.api.pages import in_order
from registration.domain import divisions


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
