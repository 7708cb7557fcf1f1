"""Units in the graph."""

from typing import Any, Self

import strawberry
from servicekit.graphql import Info
from servicekit.security import Target

from registration.api import loaders
from registration.api.divisions import Division
from registration.api.pages import in_order
from registration.domain import units


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
