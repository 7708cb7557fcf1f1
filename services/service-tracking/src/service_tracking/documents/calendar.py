"""Claims as an iCalendar (RFC 5545): public texts of offers only, nobody else's data."""

from collections.abc import Iterable
from datetime import date, timedelta

from icalendar import Calendar, Event

from service_tracking.domain.claim import Claim
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer, OfferKind, OfferStatus

KINDS = {
    OfferKind.POST: "岗位",
    OfferKind.WISH: "微心愿",
    OfferKind.PAIRING: "结对帮扶",
    OfferKind.TEAM: "服务队",
    OfferKind.ACTIVITY: "活动",
}


def calendar_of(claims: Iterable[tuple[Claim, Offer]]) -> bytes:
    """The same claims give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Huijia//service-tracking//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "回家 · 我的服务")
    calendar.add("x-published-ttl", "PT1H")
    for claim, offer in claims:
        calendar.add_component(_event(claim, offer))
    content: bytes = calendar.to_ical()
    return content


def _event(claim: Claim, offer: Offer) -> Event:
    day = _day(claim, offer)
    event = Event()
    event.add("uid", f"{claim.id}@huijia")
    event.add("sequence", claim.version + offer.version)
    event.add("dtstamp", claim.review.at if claim.review else claim.requested_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{KINDS[offer.kind]}:{offer.title}")
    event.add("description", "\n".join(text for text in (offer.description, offer.schedule) if text))
    if offer.place:
        event.add("location", offer.place)
    event.add("status", "CANCELLED" if offer.status is OfferStatus.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if offer.planned_on is None else "OPAQUE")
    return event


def _day(claim: Claim, offer: Offer) -> date:
    """The day of an activity, else the last day of the offer, else the day from which the member has the place."""
    since = claim.review.at if claim.review else claim.requested_at
    return offer.held_on or offer.planned_on or offer.closes_on or day_of(since)
