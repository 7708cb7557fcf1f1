"""The own copy of registrations: who is not registered may not claim, and who leaves gives the claims up."""

import asyncio
from typing import Any

import pytest
from service_tracking.domain.claim import ClaimStatus
from service_tracking.domain.refusals import MemberNotRegistered
from service_tracking.storage.collections import CLAIMS, OFFERS, REGISTRATIONS
from servicekit.domain import new_id


async def test_only_a_registered_member_may_claim_or_record(town: Any) -> None:
    offer = await town.offer(auto_approve=True)

    with pytest.raises(MemberNotRegistered):
        await town.claim(offer, "a stranger")
    with pytest.raises(MemberNotRegistered):
        await town.submit("a stranger")

    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id}) == 0


async def test_when_a_registration_ends_the_live_claims_are_released_and_their_places_free(town: Any) -> None:
    (member,) = await town.members(1)
    approving, reviewed = await town.offer(auto_approve=True), await town.offer(capacity=3)
    claims = [await town.claim(approving, member), await town.claim(reviewed, member)]
    ended = town.fact(member, status="ENDED", version=4)

    await town.hear(ended)

    for claim in claims:
        assert (await town.kept(CLAIMS, claim.id))["status"] == ClaimStatus.RELEASED
        event = (await town.told(claim.id))[-1]
        assert (event.fact, event.causation_id, event.correlation_id) == ("claim-released", ended.id, "heard")
    assert (await town.kept(OFFERS, approving.id))["places_left"] == 1
    assert (await town.kept(OFFERS, reviewed.id))["places_left"] == 3


async def test_a_member_who_moved_keeps_the_claims(town: Any) -> None:
    (member,) = await town.members(1)
    claim = await town.claim(await town.offer(), member)
    await town.hear(town.fact(member, registration=f"second of {member}", version=3))

    await town.hear(town.fact(member, status="ENDED", version=4))

    assert (await town.kept(CLAIMS, claim.id))["status"] == ClaimStatus.PENDING


async def test_a_transfer_keeps_the_claims_even_when_its_end_is_heard_before_its_completion(town: Any) -> None:
    (member,) = await town.members(1)
    claim = await town.claim(await town.offer(), member)

    await town.hear(town.fact(member, status="ENDED", version=4, replaced_by=f"second of {member}"))

    assert (await town.kept(CLAIMS, claim.id))["status"] == ClaimStatus.PENDING


async def test_two_registrations_that_end_at_once_release_the_claims(town: Any) -> None:
    for member in await town.members(5):
        other = f"second of {member}"
        await town.hear(town.fact(member, registration=other))
        claim = await town.claim(await town.offer(auto_approve=True), member)

        await asyncio.gather(
            town.hear(town.fact(member, status="ENDED", version=4)),
            town.hear(town.fact(member, registration=other, status="ENDED", version=4)),
        )

        assert (await town.kept(CLAIMS, claim.id))["status"] == ClaimStatus.RELEASED


async def test_a_claim_made_while_the_registration_ends_is_refused_or_released(town: Any) -> None:
    offer = await town.offer(capacity=20, auto_approve=True)
    for member in await town.members(10):
        await asyncio.gather(
            town.claim(offer, member), town.hear(town.fact(member, status="ENDED", version=4)), return_exceptions=True
        )

    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "APPROVED"}) == 0
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 20


async def test_an_older_fact_never_overwrites_a_newer_one(town: Any) -> None:
    member = new_id()
    await town.hear(town.fact(member, status="ENDED", version=5))

    await town.hear(town.fact(member, status="COMPLETED", version=4))

    assert (await town.kept(REGISTRATIONS, f"registration of {member}"))["status"] == "ENDED"
    with pytest.raises(MemberNotRegistered):
        await town.claim(await town.offer(), member)
