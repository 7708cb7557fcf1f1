"""Waiting lists: first come first, and no race leaves a place free while somebody waits or exceeds the capacity."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from service_tracking.domain.claim import Claim, ClaimStatus, Decision
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import AlreadyClaimed, OfferFull, WaitingListFull
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases import claim_offers as claiming
from service_tracking.use_cases.cancel_activity import cancel_activity
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.end_pairings import EndPairing, end_pairings
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.domain import Refusal
from servicekit.security import Role

CLAIM = """mutation($input: ClaimOfferInput!) { claimOffer(input: $input) {
  ... on Claim { id status position reserved offer { placesLeft waiting } } ... on Refusal { code path nextStep } } }"""
POSITION = "query($id: ID!) { claim(id: $id) { status position } }"


async def status(town: Any, claim: Claim) -> str:
    return str((await town.kept(CLAIMS, claim.id))["status"])


async def full(town: Any, waiting: int, **changes: Any) -> tuple[Offer, list[Claim], list[Claim]]:
    """An offer, the claims that hold its places, and those that wait for it, in their order."""
    offer = await town.offer(**{"capacity": 2, "auto_approve": True, **changes})
    members = await town.members(offer.capacity + waiting)
    holding = [await town.claim(offer, member) for member in members[: offer.capacity]]
    if not offer.auto_approve:
        await town.run(review_claims, [ReviewClaim(claim.id, Decision.APPROVE) for claim in holding])
    return offer, holding, [await town.claim(offer, member, wait=True) for member in members[offer.capacity :]]


async def test_a_full_offer_takes_who_would_wait_and_refuses_who_would_not(town: Any) -> None:
    offer, _, (first, second) = await full(town, 2)
    (member,) = await town.members(1)

    with pytest.raises(OfferFull):
        await town.claim(offer, member)

    assert (first.status, first.queued, second.queued) == (ClaimStatus.WAITING, 1, 2)
    assert [event.fact for event in await town.told(first.id)] == ["claim-queued"]
    with pytest.raises(AlreadyClaimed):
        await town.claim(offer, first.member_id, wait=True)


async def test_who_would_wait_is_approved_where_a_place_is_free(town: Any) -> None:
    (member,) = await town.members(1)

    claim = await town.claim(await town.offer(auto_approve=True), member, wait=True)

    assert (claim.status, claim.queued) == (ClaimStatus.APPROVED, None)


async def test_a_place_that_is_given_up_goes_to_who_waits_first(town: Any) -> None:
    offer, holding, (first, second) = await full(town, 2)

    await town.run(withdraw_claim, holding[0].id)

    assert [await status(town, claim) for claim in (first, second)] == ["APPROVED", "WAITING"]
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0
    assert [event.fact for event in await town.told(first.id)] == ["claim-queued", "claim-approved"]


async def test_where_the_host_reviews_the_place_is_kept_until_the_review(town: Any) -> None:
    offer, holding, (first, second) = await full(town, 2, auto_approve=False)
    (stranger,) = await town.members(1)
    await town.run(withdraw_claim, holding[0].id)
    kept = await town.kept(CLAIMS, first.id)

    with pytest.raises(OfferFull):
        await town.claim(offer, stranger)
    await town.run(review_claims, [ReviewClaim(first.id, Decision.DECLINE, "too far away")])
    await town.run(review_claims, [ReviewClaim(second.id, Decision.APPROVE)])

    assert (kept["status"], kept["reserved"]) == ("PENDING", True)
    assert [await status(town, claim) for claim in (first, second)] == ["DECLINED", "APPROVED"]
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_who_waits_may_leave_or_be_declined_and_the_others_move_up(town: Any, api: Any) -> None:
    _, holding, (first, second, third) = await full(town, 3)
    grant = (Role.MEMBER, third.member_id)
    assert (await api.result(POSITION, grant, id=third.id))["position"] == 3

    await town.run(withdraw_claim, first.id)
    await town.run(review_claims, [ReviewClaim(second.id, Decision.DECLINE)])

    assert (await api.result(POSITION, grant, id=third.id))["position"] == 1
    await town.run(withdraw_claim, holding[1].id)
    assert await api.result(POSITION, grant, id=third.id) == {"status": "APPROVED", "position": None}


async def test_a_member_joins_through_the_graph_and_sees_the_position(town: Any, api: Any) -> None:
    offer, _, _ = await full(town, 1)
    (member,) = await town.members(1)

    refused = await api.result(CLAIM, (Role.MEMBER, member), input={"offerId": offer.id})
    joined = await api.result(CLAIM, (Role.MEMBER, member), input={"offerId": offer.id, "wait": True})

    assert (refused["code"], refused["path"]) == ("OfferFull", "input.offerId")
    assert "wait" in refused["nextStep"]
    assert (joined["status"], joined["position"], joined["reserved"]) == ("WAITING", 2, False)
    assert joined["offer"] == {"placesLeft": 0, "waiting": 2}


async def test_a_batch_fills_the_places_and_then_the_list_in_its_order(town: Any) -> None:
    offer = await town.offer(capacity=2, auto_approve=True)
    rows = [ClaimOffer(offer.id, member, wait=True) for member in await town.members(5)]

    outcomes = await town.run(claim_offers, Person("host"), rows)

    assert [claim.status.value for claim in outcomes] == ["APPROVED"] * 2 + ["WAITING"] * 3
    assert [claim.queued for claim in outcomes[2:]] == [1, 2, 3]


async def test_a_waiting_list_has_an_end(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "MOST_WAITING", 2)
    offer, _, _ = await full(town, 1)
    rows = [ClaimOffer(offer.id, member, wait=True) for member in await town.members(2)]

    joined, refused = await town.run(claim_offers, Person("host"), rows)

    assert joined.status is ClaimStatus.WAITING
    assert isinstance(refused, WaitingListFull)


@pytest.mark.parametrize("kind", [OfferKind.POST, OfferKind.PAIRING, OfferKind.ACTIVITY])
async def test_who_waits_is_released_when_the_offer_ends(town: Any, kind: OfferKind) -> None:
    if kind is OfferKind.ACTIVITY:
        offer = await town.activity(auto_approve=True, capacity=1)
    else:
        offer = await town.offer(kind=kind, auto_approve=True)
    holder, waiter = await town.members(2)
    held, waits = await town.claim(offer, holder), await town.claim(offer, waiter, wait=True)

    if kind is OfferKind.PAIRING:
        await town.run(end_pairings, Person("host"), [EndPairing(held.id)])
    elif kind is OfferKind.ACTIVITY:
        await town.run(cancel_activity, offer.id)
    else:
        await town.run(close_offer, offer.id)

    assert await status(town, waits) == "RELEASED"


async def test_when_a_helper_leaves_for_good_the_household_gets_who_waits(town: Any) -> None:
    need = await town.offer(kind=OfferKind.PAIRING, auto_approve=True)
    helper, other = await town.members(2)
    claim, waits = await town.claim(need, helper), await town.claim(need, other, wait=True)
    ended = town.fact(helper, status="ENDED", version=4)

    await town.hear(ended)

    assert [await status(town, one) for one in (claim, waits)] == ["RELEASED", "APPROVED"]
    assert (await town.told(waits.id))[-1].causation_id == ended.id


async def test_who_leaves_together_with_the_holder_is_not_promoted(town: Any) -> None:
    offer, holding, (first, second) = await full(town, 2, capacity=1)

    await town.hear(*(town.fact(one.member_id, status="ENDED", version=4) for one in (*holding, first)))

    assert [await status(town, claim) for claim in (first, second)] == ["RELEASED", "APPROVED"]
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_an_offer_whose_last_day_is_over_promotes_nobody(town: Any) -> None:
    offer, holding, (first,) = await full(town, 1)
    yesterday = (holding[0].requested_at - timedelta(days=2)).date()
    await town.database[OFFERS].update_one({"_id": offer.id}, {"$set": {"closes_on": yesterday}})

    await town.run(withdraw_claim, holding[0].id)

    assert await status(town, first) == "WAITING"


async def test_promotions_against_new_claims_never_exceed_the_capacity(town: Any) -> None:
    offer, holding, waiting = await full(town, 4, capacity=4)
    newcomers = await town.members(12)

    outcomes = await asyncio.gather(
        *(town.run(withdraw_claim, claim.id) for claim in holding),
        *(town.claim(offer, member, wait=number % 2 == 0) for number, member in enumerate(newcomers)),
        return_exceptions=True,
    )

    assert all(not isinstance(one, BaseException) or isinstance(one, Refusal) for one in outcomes), outcomes
    assert [await status(town, claim) for claim in waiting] == ["APPROVED"] * 4
    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "APPROVED"}) == 4
    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "WAITING"}) == 6
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_no_place_stays_free_when_the_last_one_leaves_while_somebody_joins(town: Any) -> None:
    for _ in range(8):
        offer, (holder,), _ = await full(town, 0, capacity=1)
        (member,) = await town.members(1)

        _, claim = await asyncio.gather(town.run(withdraw_claim, holder.id), town.claim(offer, member, wait=True))

        assert await status(town, claim) == "APPROVED"
        assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_who_leaves_the_list_while_being_promoted_leaves_no_place_lost(town: Any) -> None:
    for _ in range(8):
        offer, (holder,), (first, second) = await full(town, 2, capacity=1)

        await asyncio.gather(town.run(withdraw_claim, holder.id), town.run(withdraw_claim, first.id))

        assert [await status(town, claim) for claim in (first, second)] == ["WITHDRAWN", "APPROVED"]
        assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_when_a_host_leaves_the_next_one_runs_what_was_published(town: Any, api: Any) -> None:
    offer, _, (waiting, _) = await full(town, 2, auto_approve=False)
    successor = (Role.HOST, town.community)
    decline = "mutation($i: ReviewClaimInput!) { reviewClaim(input: $i) { __typename } }"
    close = "mutation($i: CloseOfferInput!) { closeOffer(input: $i) { __typename } }"

    review = {"claimId": waiting.id, "decision": "DECLINE"}
    declined = await api.result(decline, successor, subject="the next host", i=review)
    closed = await api.result(close, successor, subject="the next host", i={"offerId": offer.id})

    assert (declined["__typename"], closed["__typename"]) == ("Claim", "Post")
    assert (await town.kept(OFFERS, offer.id))["status"] == "CLOSED"
