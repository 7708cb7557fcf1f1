"""Claims: one discipline from request to end."""

from collections.abc import Callable
from datetime import datetime

import pytest
from service_tracking.domain.claim import Claim, ClaimStatus
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import ClaimEnded, ClaimNotPending, OfferClosed, OfferFull


def test_a_claim_waits_for_review_and_takes_no_place(
    publish: Callable[..., Offer], claim: Callable[..., Claim]
) -> None:
    offer = publish()

    made = claim(offer)

    assert (made.status, offer.places_left, made.take_facts()) == (ClaimStatus.PENDING, 2, ["claim-requested"])


def test_a_claim_is_approved_at_once_where_the_offer_says_so(
    publish: Callable[..., Offer], claim: Callable[..., Claim]
) -> None:
    offer = publish(auto_approve=True)

    made = claim(offer)

    assert (made.status, offer.places_left, made.take_facts()) == (ClaimStatus.APPROVED, 1, ["claim-approved"])
    assert made.review is not None
    assert made.review.by is None


def test_a_claim_made_by_somebody_else_says_so(publish: Callable[..., Offer], claim: Callable[..., Claim]) -> None:
    assert claim(publish(), by=Person("host")).on_behalf
    assert not claim(publish()).on_behalf


def test_a_claim_is_reviewed_once(publish: Callable[..., Offer], claim: Callable[..., Claim], now: datetime) -> None:
    offer = publish()
    made = claim(offer)
    made.approve(offer, by="host", now=now)

    with pytest.raises(ClaimNotPending):
        made.approve(offer, by="host", now=now)
    with pytest.raises(ClaimNotPending):
        made.decline(by="host", reason=None, now=now)
    assert offer.places_left == 1


def test_a_full_or_closed_offer_approves_nobody_but_may_decline(
    publish: Callable[..., Offer], claim: Callable[..., Claim], now: datetime
) -> None:
    full, closed = publish(capacity=1), publish()
    first, second, third = claim(full), claim(full), claim(closed)
    first.approve(full, by="host", now=now)
    closed.close(now)

    with pytest.raises(OfferFull):
        second.approve(full, by="host", now=now)
    with pytest.raises(OfferClosed):
        third.approve(closed, by="host", now=now)
    second.decline(by="host", reason="full", now=now)
    third.decline(by="host", reason="closed", now=now)

    assert (second.status, third.status) == (ClaimStatus.DECLINED, ClaimStatus.DECLINED)


def test_only_an_approved_claim_gives_a_place_back(
    publish: Callable[..., Offer], claim: Callable[..., Claim], now: datetime
) -> None:
    offer = publish()
    waiting, approved = claim(offer), claim(offer)
    approved.approve(offer, by="host", now=now)

    assert not waiting.withdraw(now)
    assert approved.release(now)


@pytest.mark.parametrize("end", [Claim.withdraw, Claim.release])
def test_a_claim_ends_once(
    publish: Callable[..., Offer],
    claim: Callable[..., Claim],
    now: datetime,
    end: Callable[[Claim, datetime], bool],
) -> None:
    made = claim(publish())
    end(made, now)

    with pytest.raises(ClaimEnded):
        made.withdraw(now)
    with pytest.raises(ClaimEnded):
        made.release(now)
