"""What claiming, withdrawing and reviewing takes."""

import strawberry
from servicekit.graphql import text

from service_tracking.domain.claim import Decision
from service_tracking.use_cases.review_claims import ReviewClaim

MEMBER = "不填则为本人 / Left out: yourself"


@strawberry.input
class ClaimOfferInput:
    offer_id: strawberry.ID
    member_id: strawberry.ID | None = strawberry.field(default=None, description=MEMBER)
    wait: bool = strawberry.field(default=False, description="名额已满时排队 / Where it is full, join the waiting list")


@strawberry.input
class WithdrawClaimInput:
    claim_id: strawberry.ID


@strawberry.input
class ReviewClaimInput:
    claim_id: strawberry.ID
    decision: Decision
    reason: str | None = text(max=500, default=None)

    def command(self) -> ReviewClaim:
        return ReviewClaim(self.claim_id, self.decision, self.reason)
