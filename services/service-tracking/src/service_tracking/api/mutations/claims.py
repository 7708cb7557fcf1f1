"""Claim, review, withdraw."""

from collections.abc import Sequence
from typing import Any

import strawberry
from servicekit.domain import Refusal
from servicekit.graphql import Context, Info

from service_tracking.api import results
from service_tracking.api.claim_inputs import ClaimOfferInput, ReviewClaimInput, WithdrawClaimInput
from service_tracking.api.claims import Claim
from service_tracking.api.permitted import member_meant, person, run_permitted
from service_tracking.api.targets import Targets, of_claims, of_new_claims
from service_tracking.domain import claim as claims
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from service_tracking.use_cases.rows import each, only
from service_tracking.use_cases.withdraw_claim import withdraw_claim


@strawberry.type
class ClaimMutations:
    @strawberry.mutation(
        graphql_type=results.ClaimOfferResult, description="认领(本人或代办)/ Claim, for yourself or a member"
    )
    async def claim_offer(self, info: Info, input: ClaimOfferInput) -> Any:
        return only(await _claim(info.context, "Mutation.claimOffer", [input]))

    @strawberry.mutation(graphql_type=results.ClaimOffersResult, description="批量认领 / Up to 500 claims")
    async def claim_offers(self, info: Info, inputs: list[ClaimOfferInput]) -> Any:
        return await _claim(info.context, "Mutation.claimOffers", inputs)

    @strawberry.mutation(graphql_type=results.ReviewClaimResult, description="审核认领 / Review a claim")
    async def review_claim(self, info: Info, input: ReviewClaimInput) -> Any:
        return only(await _review(info.context, "Mutation.reviewClaim", [input.command()]))

    @strawberry.mutation(graphql_type=results.ReviewClaimsResult, description="批量审核认领 / Review up to 500 claims")
    async def review_claims(self, info: Info, inputs: list[ReviewClaimInput]) -> Any:
        return await _review(info.context, "Mutation.reviewClaims", [row.command() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.WithdrawClaimResult, description="退出认领,名额随即释放 / Withdraw; the place becomes free"
    )
    async def withdraw_claim(self, info: Info, input: WithdrawClaimInput) -> Any:
        context = info.context
        (target,) = await of_claims(context, [input.claim_id])
        if isinstance(target, Refusal):
            raise target
        context.require("Mutation.withdrawClaim", target)
        return Claim.of(await context.run(withdraw_claim, input.claim_id))


async def _claim(context: Context, key: str, inputs: Sequence[ClaimOfferInput]) -> list[Claim | Refusal]:
    async def run(permitted: Sequence[ClaimOffer]) -> list[Claim | Refusal]:
        return _presented(await context.run(claim_offers, person(context), permitted))

    commands = each(inputs, lambda row: ClaimOffer(row.offer_id, member_meant(context, row.member_id), row.wait))
    return await run_permitted(context, key, commands, of_new_claims, run)


async def _review(context: Context, key: str, commands: Sequence[ReviewClaim]) -> list[Claim | Refusal]:
    async def run(permitted: Sequence[ReviewClaim]) -> list[Claim | Refusal]:
        return _presented(await context.run(review_claims, permitted))

    return await run_permitted(context, key, commands, _of_reviews, run)


async def _of_reviews(context: Context, commands: Sequence[ReviewClaim]) -> Targets:
    return await of_claims(context, [command.claim_id for command in commands])


def _presented(outcomes: Sequence[claims.Claim | Refusal]) -> list[Claim | Refusal]:
    return [one if isinstance(one, Refusal) else Claim.of(one) for one in outcomes]
