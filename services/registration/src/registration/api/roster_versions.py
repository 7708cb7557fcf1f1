"""Versions of a unit's roster in the graph."""

from datetime import date, datetime
from typing import Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.work import restore

from registration.api import loaders
from registration.domain import rosters


@strawberry.type(description="花名册的一个版本 / One applied version of a unit's roster")
class RosterVersion:
    id: strawberry.ID
    number: int
    effective_on: date
    applied_at: datetime
    lines: int
    headcount: int | None
    joined: int
    left: int
    changed: int

    @classmethod
    def of(cls, one: rosters.RosterVersion) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            number=one.number,
            effective_on=one.effective_on,
            applied_at=one.applied_at,
            lines=one.lines,
            headcount=one.headcount,
            joined=len(one.joined),
            left=len(one.left),
            changed=len(one.changed),
        )


@strawberry.type
class UnitRosters:
    """What a unit has of this."""

    id: strawberry.ID

    @strawberry.field(description="花名册各版本,由旧到新 / Its roster versions, oldest first")
    async def rosters(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RosterVersion] | None:
        page = await info.context.loaders.load(loaders.unit_rosters, self.id, first=first, after=after)
        return connection(page, lambda one: RosterVersion.of(restore(rosters.RosterVersion, one)))
