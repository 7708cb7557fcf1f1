"""Claims in the graph."""

from datetime import date, datetime
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.follow_ups import FollowUp
from service_tracking.api.foreign import Community, Member
from service_tracking.domain import claim as claims
from service_tracking.domain.claim import Attendance, ClaimStatus
from service_tracking.storage.queues import Spot


@strawberry.type(description="出席情况 / Whether the claimant came to the activity")
class Attended:
    attendance: Attendance
    by: str
    at: datetime


@strawberry.type(description="审核;by 为空表示自动通过 / The review; by is null where the offer approves by itself")
class ClaimReview:
    by: str | None
    at: datetime
    reason: str | None


@strawberry.federation.type(keys=["id"], description="认领 / A member takes up an offer")
class Claim:
    id: strawberry.ID
    member: Member
    community: Community
    status: ClaimStatus
    requested_at: datetime
    on_behalf: bool
    review: ClaimReview | None
    ended_at: datetime | None
    succeeds: strawberry.ID | None = strawberry.field(description="由哪一认领交接而来 / The claim that was handed over")
    attended: Attended | None
    reserved: bool = strawberry.field(description="名额已预留,待审核 / Its place is kept while it is reviewed")
    expires_on: date | None = strawberry.field(description="无后续则于此日后失效 / It expires after this day")
    queued: strawberry.Private[int | None]
    offer_id: strawberry.Private[str]
    policy_target: strawberry.Private[Target]

    @strawberry.field(description="排队位次,从 1 起 / Its position in the waiting list, from 1")
    async def position(self, info: Info) -> int | None:
        if self.status is not ClaimStatus.WAITING or self.queued is None:
            return None
        return await info.context.loaders.load(loaders.positions_of_spots, Spot(self.offer_id, self.queued))

    @strawberry.field(description="结对走访记录(仅列出您有权查看的) / The pairing's log, what you may see of it")
    async def follow_ups(self, info: Info, first: int = 20, after: str | None = None) -> Connection[FollowUp] | None:
        page = await info.context.loaders.load(loaders.follow_ups_per_parent, self.id, "claim_id", first, after)
        return connection(page, FollowUp.kept)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[Claim | None]":
        found = await loaders.claims_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, claim: claims.Claim) -> Self:
        review = claim.review
        return cls(
            id=strawberry.ID(claim.id),
            member=Member(id=strawberry.ID(claim.member_id)),
            community=Community(code=strawberry.ID(claim.community)),
            status=claim.status,
            requested_at=claim.requested_at,
            on_behalf=claim.on_behalf,
            review=ClaimReview(by=review.by, at=review.at, reason=review.reason) if review else None,
            ended_at=claim.ended_at,
            succeeds=strawberry.ID(claim.succeeds) if claim.succeeds else None,
            attended=Attended(**dict(claim.attended)) if claim.attended else None,
            reserved=claim.reserved,
            expires_on=claim.expires_on,
            queued=claim.queued,
            offer_id=claim.offer_id,
            policy_target=Target(division=claim.community, unit=claim.unit_id, member=claim.member_id),
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(claims.Claim, document))


@strawberry.type
class MemberClaims:
    """What a member has of this."""

    id: strawberry.ID

    @strawberry.field(description="认领(仅列出您有权查看的) / Claims, those that you may see")
    async def claims(
        self, info: Info, first: int = 20, after: str | None = None, status: ClaimStatus | None = None
    ) -> Connection[Claim] | None:
        page = await info.context.loaders.load(loaders.claims_per_parent, self.id, "member_id", status, first, after)
        return connection(page, Claim.kept)


@strawberry.type
class CommunityClaims:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="认领(仅列出您有权查看的) / Claims, those that you may see")
    async def claims(
        self, info: Info, first: int = 20, after: str | None = None, status: ClaimStatus | None = None
    ) -> Connection[Claim] | None:
        page = await info.context.loaders.load(loaders.claims_per_parent, self.code, "community", status, first, after)
        return connection(page, Claim.kept)
