"""What may be edited of a published offer, and what stands in the way."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from service_tracking.domain.agreement import Agreement
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import ActivityMode, Occasion, Occurrence, Offer, OfferKind
from service_tracking.domain.offer_edit import OfferChanges, edit
from service_tracking.domain.refusals import NoAgreement, OfferChanged, OfferClosed, PlacesTaken
from servicekit.domain import InvalidInput

ACTIVITY: dict[str, Any] = {
    "kind": OfferKind.ACTIVITY,
    "occasion": Occasion(date(2026, 6, 1), "the square", ActivityMode.THEMED),
}
POST: dict[str, Any] = {}


def test_words_days_and_places_change_and_what_is_taken_stays_taken(
    publish: Callable[..., Offer], claim: Callable[..., Claim], now: datetime
) -> None:
    offer = publish(capacity=3, auto_approve=True, closes_on=date(2026, 6, 1))
    claim(offer)
    offer.take_facts()

    assert edit(offer, {"title": " Patrol ", "capacity": 5, "closes_on": None}, version=0, now=now)

    assert (offer.title, offer.capacity, offer.places_left, offer.closes_on) == ("Patrol", 5, 4, None)
    assert offer.take_facts() == ["offer-edited"]


def test_the_skills_of_a_post_are_told_once_each_and_may_change(publish: Callable[..., Offer], now: datetime) -> None:
    post = publish(skills=(" first aid", "driving", "first aid "))
    before = list(post.skills)

    assert not edit(post, {"skills": ["first aid", "driving "]}, version=99, now=now)
    assert edit(post, {"skills": ["driving", "sign language"]}, version=0, now=now)

    assert (before, post.skills) == (["first aid", "driving"], ["driving", "sign language"])


def test_an_activity_moves_to_another_day_and_place(publish: Callable[..., Offer], now: datetime) -> None:
    activity = publish(**ACTIVITY)
    changes: OfferChanges = {"planned_on": date(2026, 6, 8), "place": "the hall", "mode": ActivityMode.TEAM}

    edit(activity, changes, version=0, now=now)

    assert (activity.planned_on, activity.place, activity.mode) == (date(2026, 6, 8), "the hall", "TEAM")


def test_what_says_nothing_new_changes_nothing_whatever_version_was_seen(
    publish: Callable[..., Offer], now: datetime
) -> None:
    offer = publish()
    offer.take_facts()

    assert not edit(offer, {"title": offer.title, "capacity": offer.capacity}, version=99, now=now)
    assert offer.take_facts() == []


@pytest.mark.parametrize(
    ("shape", "changes", "path"),
    [
        (POST, {"title": " "}, "title"),
        (POST, {"capacity": 0}, "capacity"),
        (POST, {"capacity": 10_001}, "capacity"),
        (POST, {"place": "the hall"}, "place"),
        (POST, {"planned_on": date(2026, 6, 1)}, "planned_on"),
        (POST, {"closes_on": date(2026, 5, 19)}, "closes_on"),
        (POST, {"opens_on": date(2026, 6, 2), "closes_on": date(2026, 6, 1)}, "closes_on"),
        (ACTIVITY, {"planned_on": date(2026, 5, 19)}, "planned_on"),
        (ACTIVITY, {"schedule": "mornings"}, "schedule"),
        (ACTIVITY, {"skills": ["first aid"]}, "skills"),
        (POST, {"skills": ["x" * 31]}, "skills"),
        ({"kind": OfferKind.WISH, "capacity": 1}, {"capacity": 2}, "capacity"),
        ({"occurrence": Occurrence("s", date(2026, 6, 1), False)}, {"closes_on": date(2026, 6, 2)}, "closes_on"),
    ],
)
def test_what_can_not_be_is_refused_with_its_path_and_changes_nothing(
    publish: Callable[..., Offer], now: datetime, shape: dict[str, Any], changes: OfferChanges, path: str
) -> None:
    offer = publish(**shape)
    before = offer.model_dump()

    with pytest.raises(InvalidInput) as refused:
        edit(offer, {"description": "anew", **changes}, version=0, now=now)  # type: ignore[typeddict-item]

    assert refused.value.path == path
    assert offer.model_dump() == before


def test_there_can_not_be_fewer_places_than_are_taken(
    publish: Callable[..., Offer], claim: Callable[..., Claim], now: datetime
) -> None:
    offer = publish(capacity=3, auto_approve=True)
    claim(offer)
    claim(offer)

    with pytest.raises(PlacesTaken) as refused:
        edit(offer, {"capacity": 1}, version=0, now=now)
    edit(offer, {"capacity": 2}, version=0, now=now)

    assert refused.value.fields["taken"] == 2
    assert offer.places_left == 0


def test_a_version_that_is_not_the_last_and_an_offer_that_is_closed(
    publish: Callable[..., Offer], now: datetime
) -> None:
    offer = publish()

    with pytest.raises(OfferChanged):
        edit(offer, {"title": "Patrol"}, version=1, now=now)
    offer.close(now)
    with pytest.raises(OfferClosed):
        edit(offer, {"title": "Patrol"}, version=0, now=now)


def test_a_collective_activity_moves_only_to_a_day_on_which_its_agreement_is_in_force(
    publish: Callable[..., Offer], now: datetime
) -> None:
    agreement = Agreement("a", "unit", "350802001001", date(2026, 1, 1), date(2026, 6, 30))
    activity = publish(**ACTIVITY)
    activity.unit_id, activity.agreement_id = "unit", "before"

    with pytest.raises(NoAgreement):
        edit(activity, {"planned_on": date(2026, 7, 1)}, version=0, now=now, agreement=agreement)
    edit(activity, {"planned_on": date(2026, 6, 30)}, version=0, now=now, agreement=agreement)

    assert activity.agreement_id == "a"
