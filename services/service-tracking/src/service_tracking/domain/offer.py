"""An offer: what a community publishes for members to claim. Posts and wishes are under one discipline."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput

from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.days import day_of
from service_tracking.domain.refusals import OfferClosed, OfferFull, OfferNotOpen

MOST_PLACES = 10_000


class OfferKind(StrEnum):
    POST = "POST"
    WISH = "WISH"


class OfferStatus(StrEnum):
    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What a publisher says. `reference` is the publisher's own key: published twice, it is one offer."""

    kind: OfferKind
    community: str
    title: str
    description: str = ""
    schedule: str = ""
    capacity: int = 1
    auto_approve: bool = False
    opens_on: date | None = None
    closes_on: date | None = None
    reference: str | None = None


class OfferSnapshot(BaseModel):
    """The public state of an offer."""

    kind: OfferKind
    community: str
    status: OfferStatus
    capacity: int


class Offer(Aggregate):
    """PUBLISHED until CLOSED. `places_left` is taken and given back by conditional updates in storage."""

    kind: OfferKind
    community: str
    title: str
    description: str
    schedule: str
    capacity: int
    places_left: int
    auto_approve: bool
    opens_on: date
    closes_on: date | None
    reference: str | None
    status: OfferStatus = OfferStatus.PUBLISHED
    published_by: str
    published_at: datetime
    closed_at: datetime | None = None

    @classmethod
    def publish(cls, draft: OfferDraft, *, id: str, by: str, now: datetime) -> Self:
        """A new offer. Raises InvalidInput."""
        _check(draft)
        offer = cls(
            id=id,
            lane=lane_of(draft.community),
            kind=draft.kind,
            community=draft.community,
            title=draft.title.strip(),
            description=draft.description,
            schedule=draft.schedule,
            capacity=draft.capacity,
            places_left=draft.capacity,
            auto_approve=draft.auto_approve,
            opens_on=draft.opens_on or day_of(now),
            closes_on=draft.closes_on,
            reference=draft.reference,
            published_by=by,
            published_at=now,
        )
        offer.record("offer-published")
        return offer

    def check_claimable(self, now: datetime) -> None:
        """Raises OfferClosed, OfferNotOpen or OfferFull."""
        self.check_published()
        today = day_of(now)
        if today < self.opens_on or (self.closes_on is not None and today > self.closes_on):
            raise OfferNotOpen(path="offer_id", offer_id=self.id, opens_on=self.opens_on, closes_on=self.closes_on)
        if self.places_left < 1:
            raise OfferFull(path="offer_id", offer_id=self.id, capacity=self.capacity)

    def check_published(self) -> None:
        if self.status is not OfferStatus.PUBLISHED:
            raise OfferClosed(path="offer_id", offer_id=self.id)

    def take_place(self) -> None:
        """Take one place within this unit of work. Raises OfferClosed, OfferFull."""
        self.check_published()
        if self.places_left < 1:
            raise OfferFull(offer_id=self.id, capacity=self.capacity)
        self.places_left -= 1

    def close(self, now: datetime) -> None:
        """No more claims or approvals; what was approved stands. Raises OfferClosed."""
        self.check_published()
        self.status = OfferStatus.CLOSED
        self.closed_at = now
        self.record("offer-closed")

    def snapshot(self) -> OfferSnapshot:
        return OfferSnapshot(kind=self.kind, community=self.community, status=self.status, capacity=self.capacity)


def _check(draft: OfferDraft) -> None:
    checked_community(draft.community)
    if not draft.title.strip():
        raise InvalidInput(path="title", reason_zh="标题不能为空", reason_en="the title is empty")
    most = 1 if draft.kind is OfferKind.WISH else MOST_PLACES
    if not 1 <= draft.capacity <= most:
        raise InvalidInput(
            path="capacity",
            reason_zh=f"名额须为 1 到 {most},收到 {draft.capacity}",
            reason_en=f"1 to {most} places, got {draft.capacity}",
        )
    if draft.opens_on and draft.closes_on and draft.closes_on < draft.opens_on:
        raise InvalidInput(path="closes_on", reason_zh="截止日期早于开始日期", reason_en="it closes before it opens")
