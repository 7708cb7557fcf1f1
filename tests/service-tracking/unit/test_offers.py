"""Offers: what can be published, and when it can be claimed."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.refusals import OfferClosed, OfferFull, OfferNotOpen
from servicekit.domain import InvalidInput


def test_an_offer_opens_on_the_day_in_china_when_it_was_published(publish: Callable[..., Offer], now: datetime) -> None:
    offer = publish()

    assert (offer.opens_on, offer.lane, offer.places_left) == (date(2026, 5, 20), "350802", 2)
    assert offer.take_facts() == ["offer-published"]


@pytest.mark.parametrize("capacity", [0, -1, 10_001])
def test_a_post_has_one_to_ten_thousand_places(publish: Callable[..., Offer], capacity: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        publish(capacity=capacity)

    assert refused.value.path == "capacity"


def test_a_wish_has_one_place_only(publish: Callable[..., Offer]) -> None:
    with pytest.raises(InvalidInput):
        publish(kind=OfferKind.WISH, capacity=2)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"title": " "}, "title"),
        ({"skills": ["driving", " "]}, "skills"),
        ({"skills": [f"skill {number}" for number in range(11)]}, "skills"),
        ({"community": "350802"}, "community_code"),
        ({"community": "35080200100x"}, "community_code"),
        ({"opens_on": date(2026, 6, 2), "closes_on": date(2026, 6, 1)}, "closes_on"),
    ],
)
def test_a_wrong_field_is_named(publish: Callable[..., Offer], changes: dict[str, object], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        publish(**changes)

    assert refused.value.path == path


@pytest.mark.parametrize(
    "window",
    [
        {"opens_on": date(2026, 5, 21)},
        {"opens_on": date(2026, 5, 1), "closes_on": date(2026, 5, 19)},
    ],
)
def test_an_offer_can_only_be_claimed_within_its_days(
    publish: Callable[..., Offer], claim: Callable[..., Claim], window: dict[str, date]
) -> None:
    with pytest.raises(OfferNotOpen) as refused:
        claim(publish(**window))

    assert str(window["opens_on"]) in refused.value.message("en")


def test_a_closed_offer_takes_no_claims_and_is_closed_once(
    publish: Callable[..., Offer], claim: Callable[..., Claim], now: datetime
) -> None:
    offer = publish()
    offer.close(now)

    with pytest.raises(OfferClosed):
        claim(offer)
    with pytest.raises(OfferClosed):
        offer.close(now)


def test_places_run_out(publish: Callable[..., Offer], claim: Callable[..., Claim]) -> None:
    offer = publish(capacity=2, auto_approve=True)

    assert [claim(offer).status, claim(offer).status] == ["APPROVED", "APPROVED"]
    with pytest.raises(OfferFull):
        claim(offer)


def test_the_snapshot_holds_no_free_text(publish: Callable[..., Offer]) -> None:
    offer = publish(title="For old Mr Chen", description="Building 3")

    assert offer.snapshot().model_dump(mode="json") == {
        "kind": "POST",
        "community": "350802001001",
        "earlier_communities": [],
        "status": "PUBLISHED",
        "capacity": 2,
        "opens_on": "2026-05-20",
        "published_on": "2026-05-20",
        "mode": None,
        "unit_id": None,
        "agreement_id": None,
        "planned_on": None,
        "held_on": None,
        "series_id": None,
        "occurs_on": None,
        "repeats": False,
    }
