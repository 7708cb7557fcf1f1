"""Editing an offer: what may still change of one that is published, and what stands in the way."""

from datetime import date, datetime
from typing import Any, TypedDict

from servicekit.domain import InvalidInput

from service_tracking.domain.agreement import Agreement, check_covered
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import (
    ActivityMode,
    Offer,
    OfferKind,
    check_days,
    check_places,
    check_title,
    checked_skills,
)
from service_tracking.domain.refusals import OfferChanged, PlacesTaken


class OfferChanges(TypedDict, total=False):
    """What is to be different; what is left out stays. `closes_on`: None is no last day."""

    title: str
    description: str
    schedule: str
    skills: list[str]
    capacity: int
    auto_approve: bool
    opens_on: date
    closes_on: date | None
    planned_on: date
    place: str
    mode: ActivityMode


_ONLY_OF = {
    "schedule": OfferKind.POST,
    "skills": OfferKind.POST,
    "planned_on": OfferKind.ACTIVITY,
    "place": OfferKind.ACTIVITY,
    "mode": OfferKind.ACTIVITY,
}
_BY_THE_RULE = ("opens_on", "closes_on")
_NOT_PAST = ("closes_on", "planned_on")


def edit(
    offer: Offer, changes: OfferChanges, *, version: int, now: datetime, agreement: Agreement | None = None
) -> bool:
    """Whether anything changed. Claims stay as they are: who has a place keeps it, whatever day it moves to.

    `version` is the one that the editor saw, `agreement` what a collective activity would be held under on its new day.
    Raises OfferClosed, OfferChanged, PlacesTaken, NoAgreement, InvalidInput.
    """
    offer.check_published()
    if "skills" in changes:
        changes = {**changes, "skills": checked_skills(changes["skills"])}
    new: dict[str, Any] = {name: value for name, value in changes.items() if value != getattr(offer, name)}
    if not new:
        return False
    if offer.version != version:
        raise OfferChanged(path="version", offer_id=offer.id, current_version=offer.version)
    _check(offer, new, now)
    if offer.unit_id is not None and "planned_on" in new:
        new["agreement_id"] = check_covered(agreement, offer.unit_id, offer.community, new["planned_on"]).agreement_id
    taken = offer.capacity - offer.places_left
    for name, value in new.items():
        setattr(offer, name, value.strip() if name in ("title", "place") else value)
    offer.places_left = offer.capacity - taken
    offer.record("offer-edited")
    return True


def _check(offer: Offer, new: dict[str, Any], now: datetime) -> None:
    for name, value in new.items():
        _check_kind(offer, name)
        if name in _NOT_PAST and value is not None and value < day_of(now):
            raise InvalidInput(
                path=name,
                reason_zh=f"{value} 已经过去;请关闭该事项,或登记活动的举办日期",
                reason_en=f"{value} is past; close the offer, or say on which day the activity was held",
            )
    check_title(new.get("title", offer.title))
    check_days(new.get("opens_on", offer.opens_on), new.get("closes_on", offer.closes_on))
    _check_capacity(offer, new.get("capacity", offer.capacity))


def _check_kind(offer: Offer, name: str) -> None:
    kind = _ONLY_OF.get(name, offer.kind)
    if kind is not offer.kind:
        raise InvalidInput(path=name, reason_zh=f"仅适用于 {kind}", reason_en=f"only a {kind} has that")
    if offer.occurs_on is not None and name in _BY_THE_RULE:
        raise InvalidInput(
            path=name, reason_zh="周期岗位的日期由周期规则决定", reason_en="its rule says when it recurs"
        )


def _check_capacity(offer: Offer, capacity: int) -> None:
    check_places(offer.kind, capacity)
    taken = offer.capacity - offer.places_left
    if capacity < taken:
        raise PlacesTaken(path="capacity", offer_id=offer.id, taken=taken)
