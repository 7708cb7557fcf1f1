"""What ends by itself: claims that nothing follows, after a reminder, and offers whose last day is over."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from service_tracking.app import SERVICE
from service_tracking.domain.claim import Claim
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import ClaimNotApproved
from service_tracking.storage.collections import CLAIMS, OFFERS
from service_tracking.use_cases.expire import close_ended_offers, expire_claims, remind_claims
from service_tracking.use_cases.log_follow_ups import LogFollowUp, log_follow_ups
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.domain import FixedClock, SystemClock
from servicekit.storage.commands import Commands


def later(town: Any, days: int) -> Commands:
    """Commands of so many days from now."""
    clock = FixedClock(SystemClock().now() + timedelta(days=days))
    return Commands(town.database, source=SERVICE.name, clock=clock)


async def told(town: Any, id: str) -> list[str]:
    return [event.fact for event in await town.told(id)]


async def status(town: Any, claim: Claim) -> str:
    return str((await town.kept(CLAIMS, claim.id))["status"])


async def test_a_claim_that_nothing_follows_expires_after_a_reminder_and_its_place_goes_on(town: Any) -> None:
    await town.rule(expire_claims_after_days=30)
    offer = await town.offer(auto_approve=True)
    first, second = await town.members(2)
    claim, waits = await town.claim(offer, first), await town.claim(offer, second, wait=True)

    await later(town, 22).run(remind_claims)
    assert "claim-expiring" not in await told(town, claim.id)
    await later(town, 23).run(remind_claims)
    await later(town, 30).run(expire_claims)
    assert await status(town, claim) == "APPROVED"
    await later(town, 31).run(expire_claims)

    assert await told(town, claim.id) == ["claim-approved", "claim-expiring", "claim-expired"]
    reminder = (await town.told(claim.id))[1]
    assert reminder.data["expires_on"] == (day_of(claim.requested_at) + timedelta(days=30)).isoformat()
    assert [await status(town, one) for one in (claim, waits)] == ["EXPIRED", "APPROVED"]
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 0


async def test_nobody_loses_a_claim_without_the_notice_however_late_the_reminder(town: Any) -> None:
    (member,) = await town.members(1)
    claim = await town.claim(await town.offer(auto_approve=True), member)

    await later(town, 200).run(expire_claims)
    assert await status(town, claim) == "APPROVED"
    await later(town, 200).run(remind_claims)
    await later(town, 207).run(expire_claims)
    assert await status(town, claim) == "APPROVED"
    await later(town, 208).run(expire_claims)

    assert await status(town, claim) == "EXPIRED"


async def test_a_claim_that_nobody_reviews_expires_too(town: Any) -> None:
    (member,) = await town.members(1)
    offer = await town.offer(capacity=3)
    claim = await town.claim(offer, member)

    await later(town, 83).run(remind_claims)
    await later(town, 91).run(expire_claims)

    assert await status(town, claim) == "EXPIRED"
    assert (await town.kept(OFFERS, offer.id))["places_left"] == 3


async def test_what_was_served_or_followed_up_never_expires(town: Any) -> None:
    (member,) = await town.members(1)
    post = await town.claim(await town.offer(auto_approve=True), member)
    need = await town.claim(await town.offer(kind=OfferKind.PAIRING, auto_approve=True), member)
    team = await town.claim(await town.offer(kind=OfferKind.TEAM, capacity=9, auto_approve=True), member)
    await town.submit(member, claim_id=post.id)
    await town.run(log_follow_ups, Person("host"), [LogFollowUp(need.id, date(2026, 3, 5), "fine")])

    await later(town, 400).run(remind_claims)
    await later(town, 500).run(expire_claims)

    assert {await status(town, claim) for claim in (post, need, team)} == {"APPROVED"}


async def test_a_record_against_the_expiry_leaves_one_answer(town: Any) -> None:
    offer = await town.offer(capacity=20, auto_approve=True)
    for member in await town.members(6):
        claim = await town.claim(offer, member)
        await later(town, 83).run(remind_claims)

        submitted, _ = await asyncio.gather(
            town.submit(member, claim_id=claim.id), later(town, 91).run(expire_claims), return_exceptions=True
        )

        refused = isinstance(submitted, ClaimNotApproved)
        assert await status(town, claim) == ("EXPIRED" if refused else "APPROVED"), submitted


async def test_a_withdrawal_against_the_expiry_frees_one_place(town: Any) -> None:
    offer = await town.offer(capacity=3, auto_approve=True)
    for member in await town.members(6):
        claim = await town.claim(offer, member)
        await later(town, 83).run(remind_claims)

        await asyncio.gather(
            town.run(withdraw_claim, claim.id), later(town, 91).run(expire_claims), return_exceptions=True
        )

        assert (await town.kept(OFFERS, offer.id))["places_left"] == 3


async def test_an_offer_closes_when_its_last_day_is_over_and_who_waits_is_released(town: Any) -> None:
    today = day_of(SystemClock().now())
    offer = await town.offer(auto_approve=True, closes_on=today + timedelta(days=3))
    first, second = await town.members(2)
    claim, waits = await town.claim(offer, first), await town.claim(offer, second, wait=True)

    await later(town, 3).run(close_ended_offers)
    assert (await town.kept(OFFERS, offer.id))["status"] == "PUBLISHED"
    await later(town, 4).run(close_ended_offers)

    assert await told(town, offer.id) == ["offer-published", "offer-closed"]
    assert [await status(town, one) for one in (claim, waits)] == ["APPROVED", "RELEASED"]


async def test_an_offer_whose_claims_are_under_review_stays_open_for_the_review(town: Any) -> None:
    today = day_of(SystemClock().now())
    offer = await town.offer(capacity=2, closes_on=today)
    (member,) = await town.members(1)
    claim = await town.claim(offer, member)

    await later(town, 4).run(close_ended_offers)
    assert (await town.kept(OFFERS, offer.id))["status"] == "PUBLISHED"
    await town.run(withdraw_claim, claim.id)
    await later(town, 4).run(close_ended_offers)

    assert (await town.kept(OFFERS, offer.id))["status"] == "CLOSED"


@pytest.mark.parametrize("timer", ["remind-claims", "expire-claims", "close-ended-offers"])
async def test_the_worker_runs_it_until_nothing_is_due(town: Any, timer: str) -> None:
    (run,) = (one.run for one in SERVICE.timers if one.name == timer)

    await run(town.commands)
