"""Capacity: no race can exceed it, and a place that is freed can be taken again."""

import asyncio
from typing import Any

from service_tracking.domain.claim import Claim, Decision
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import AlreadyClaimed, ClaimEnded, ClaimNotPending, OfferClosed, OfferFull
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.domain import Refusal


async def at_once(*attempts: Any) -> list[Any]:
    """What each answered or how it was refused."""
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal):
            raise outcome
    return outcomes


async def test_200_claims_at_once_on_5_places_approve_exactly_5(town: Any) -> None:
    offer = await town.offer(capacity=5, auto_approve=True)
    members = await town.members(200)

    outcomes = await at_once(*(town.claim(offer, member) for member in members))

    approved = [outcome for outcome in outcomes if isinstance(outcome, Claim)]
    assert len(approved) == 5
    assert {type(outcome) for outcome in outcomes if outcome not in approved} == {OfferFull}
    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "APPROVED"}) == 5
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_20_approvals_at_once_on_3_places_approve_exactly_3(town: Any) -> None:
    offer = await town.offer(capacity=3)
    claims = [await town.claim(offer, member) for member in await town.members(20)]

    async def approve(claim: Claim) -> Claim:
        return only(await town.run(review_claims, [ReviewClaim(claim.id, Decision.APPROVE)]))

    outcomes = await at_once(*(approve(claim) for claim in claims))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Claim"] * 3 + ["OfferFull"] * 17
    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "APPROVED"}) == 3
    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "PENDING"}) == 17


async def test_a_batch_never_takes_more_places_than_there_are(town: Any) -> None:
    offer = await town.offer(capacity=4, auto_approve=True)
    members = await town.members(10)

    outcomes = await town.run(claim_offers, Person("host"), [ClaimOffer(offer.id, member) for member in members])

    assert [type(outcome) for outcome in outcomes] == [Claim] * 4 + [OfferFull] * 6
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_batches_at_once_never_take_more_places_than_there_are(town: Any) -> None:
    offers = [await town.offer(capacity=7, auto_approve=True) for _ in range(3)]
    members = await town.members(20)

    def batch(mine: list[str]) -> Any:
        return town.run(claim_offers, Person("host"), [ClaimOffer(o.id, member) for o in offers for member in mine])

    await at_once(*(batch(members[start : start + 5]) for start in range(0, 20, 5)))

    for offer in offers:
        assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "APPROVED"}) == 7
        assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_a_batch_of_reviews_approves_in_order_until_it_is_full(town: Any) -> None:
    offer = await town.offer(capacity=2)
    claims = [await town.claim(offer, member) for member in await town.members(4)]
    rows = [ReviewClaim(claim.id, Decision.APPROVE) for claim in claims[:3]]
    rows += [ReviewClaim(claims[0].id, Decision.DECLINE), ReviewClaim(claims[3].id, Decision.DECLINE, "far away")]

    outcomes = await town.run(review_claims, rows)

    assert [type(outcome) for outcome in outcomes] == [Claim, Claim, OfferFull, ClaimNotPending, Claim]
    assert (await town.kept(CLAIMS, claims[3].id))["review"]["reason"] == "far away"


async def test_a_wish_is_claimed_by_one_and_free_again_after_a_withdrawal(town: Any) -> None:
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    first, second = await town.members(2)
    claim = await town.claim(wish, first)
    (refused,) = await at_once(town.claim(wish, second))

    await town.run(withdraw_claim, claim.id)

    assert isinstance(refused, OfferFull)
    assert (await town.claim(wish, second)).holds_a_place


async def test_one_member_has_one_live_claim_however_many_come_at_once(town: Any) -> None:
    offer = await town.offer(capacity=10)
    (member,) = await town.members(1)

    outcomes = await at_once(*(town.claim(offer, member) for _ in range(10)))

    (claim,) = (outcome for outcome in outcomes if isinstance(outcome, Claim))
    assert {outcome.claim_id for outcome in outcomes if isinstance(outcome, AlreadyClaimed)} == {claim.id}
    await town.run(withdraw_claim, claim.id)
    assert (await town.claim(offer, member)).id != claim.id


async def test_withdraw_against_approve_leaves_one_answer(town: Any) -> None:
    offer = await town.offer(capacity=30)
    for member in await town.members(15):
        claim = await town.claim(offer, member)

        await at_once(
            town.run(withdraw_claim, claim.id),
            town.run(review_claims, [ReviewClaim(claim.id, Decision.APPROVE)]),
        )

        assert (await town.kept(CLAIMS, claim.id))["status"] == "WITHDRAWN"
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 30


async def test_the_same_claim_withdrawn_twice_at_once_frees_one_place(town: Any) -> None:
    offer = await town.offer(capacity=2, auto_approve=True)
    claims = [await town.claim(offer, member) for member in await town.members(2)]

    outcomes = await at_once(*(town.run(withdraw_claim, claims[0].id) for _ in range(5)))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Claim"] + ["ClaimEnded"] * 4
    assert ClaimEnded in {type(outcome) for outcome in outcomes}
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 1


async def test_close_against_approve_leaves_the_places_right(town: Any) -> None:
    for member in await town.members(10):
        offer = await town.offer(capacity=1)
        claim = await town.claim(offer, member)

        _, (review,) = await at_once(
            town.run(close_offer, offer.id), town.run(review_claims, [ReviewClaim(claim.id, Decision.APPROVE)])
        )

        kept = await town.kept(OFFERS, offer.id)
        assert kept["status"] == "CLOSED"
        assert kept["places_left"] == (1 if isinstance(review, OfferClosed) else 0)
