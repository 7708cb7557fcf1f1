"""The log of pairings."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Info
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.foreign import Member
from service_tracking.domain import follow_up as follow_ups


@strawberry.federation.type(keys=["id"], description="结对走访记录 / One entry in the log of a pairing")
class FollowUp:
    id: strawberry.ID
    claim_id: strawberry.ID
    member: Member
    happened_on: date
    note: str
    logged_by: str
    logged_at: datetime
    policy_target: strawberry.Private[Target]

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[FollowUp | None]":
        found = await loaders.follow_ups_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, one: follow_ups.FollowUp) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            claim_id=strawberry.ID(one.claim_id),
            member=Member(id=strawberry.ID(one.member_id)),
            happened_on=one.happened_on,
            note=one.note,
            logged_by=one.logged_by,
            logged_at=one.logged_at,
            policy_target=Target(division=one.community, unit=one.unit_id, member=one.member_id),
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(follow_ups.FollowUp, document))
