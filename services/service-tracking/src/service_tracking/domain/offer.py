"""An offer: what a community publishes for members to claim. All kinds are under one discipline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, Field
from servicekit.domain import InvalidInput

from service_tracking.domain.agreement import Agreement, check_covered
from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.days import day_of
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.refusals import (
    ActivityNotDue,
    ActivityOver,
    NotAnActivity,
    NotATeam,
    NotAWish,
    OfferClosed,
    OfferFull,
    OfferNotOpen,
    StepNotPossible,
)

MOST_PLACES = 10_000
MOST_SKILLS, LONGEST_SKILL = 10, 30


class OfferKind(StrEnum):
    POST = "POST"
    WISH = "WISH"
    PAIRING = "PAIRING"
    TEAM = "TEAM"
    ACTIVITY = "ACTIVITY"


# A wish is granted by one helper, a household has one.
ONE_PLACE = (OfferKind.WISH, OfferKind.PAIRING)


class OfferStatus(StrEnum):
    """HELD and CANCELLED are for activities only."""

    PUBLISHED = "PUBLISHED"
    CLOSED = "CLOSED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


class ActivityMode(StrEnum):
    FIXED_POINT = "FIXED_POINT"
    TEAM = "TEAM"
    THEMED = "THEMED"


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, where and how an activity takes place; of a unit under an agreement where it is a collective one."""

    on: date
    place: str
    mode: ActivityMode
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Which day of which series a post is; it `repeats` an earlier one unless it is the first."""

    series_id: str
    on: date
    repeats: bool


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What a publisher says. `reference` is the publisher's own key: published twice, it is one offer.

    `schedule` and `skills` (what helps to know) are a post's; `occasion` is what an activity says besides, `leader_id`
    a team, and `occurrence` a post of a series.
    """

    kind: OfferKind
    community: str
    title: str
    description: str = ""
    schedule: str = ""
    skills: Sequence[str] = ()
    capacity: int = 1
    auto_approve: bool = False
    opens_on: date | None = None
    closes_on: date | None = None
    reference: str | None = None
    occasion: Occasion | None = None
    leader_id: str | None = None
    occurrence: Occurrence | None = None


class Thanks(BaseModel):
    """What whoever was helped says, in public; `by` is the subject who wrote it down."""

    text: str
    by: str
    at: datetime


class OfferSnapshot(PlacedSnapshot):
    """The public state of an offer. `mode`, `unit_id`, `agreement_id`, `planned_on`, `held_on` are an activity's;
    `series_id`, `occurs_on`, `repeats` are of a post that recurs.
    """

    kind: OfferKind
    status: OfferStatus
    capacity: int
    opens_on: date
    published_on: date
    mode: ActivityMode | None
    unit_id: str | None
    agreement_id: str | None
    planned_on: date | None
    held_on: date | None
    series_id: str | None = None
    occurs_on: date | None = None
    repeats: bool = False


class Offer(Placed):
    """PUBLISHED until CLOSED; an activity until HELD or CANCELLED.

    `places_left`, `queue` (the last number of its waiting list) and a team's `leader_id` are changed by conditional
    updates in storage. While somebody waits no place is free. `holds` counts what relied on it as it was; it is
    `releasing` while claims are left to be released after its end. An activity takes place on `planned_on`; it is
    collective when it has a `unit_id` and the `agreement_id` it is under.
    """

    MOVED = "offer-moved"

    kind: OfferKind
    title: str
    description: str
    schedule: str
    skills: list[str] = Field(default_factory=list)
    capacity: int
    places_left: int
    queue: int = 0
    holds: int = 0
    releasing: bool = False
    auto_approve: bool
    opens_on: date
    closes_on: date | None
    reference: str | None
    status: OfferStatus = OfferStatus.PUBLISHED
    published_by: str
    published_at: datetime
    closed_at: datetime | None = None
    planned_on: date | None = None
    held_on: date | None = None
    place: str = ""
    mode: ActivityMode | None = None
    unit_id: str | None = None
    agreement_id: str | None = None
    leader_id: str | None = None
    series_id: str | None = None
    occurs_on: date | None = None
    repeats: bool = False
    thanks: Thanks | None = None

    @classmethod
    def publish(cls, draft: OfferDraft, *, id: str, by: str, now: datetime, agreement: Agreement | None = None) -> Self:
        """A new offer. `agreement` is what a collective activity is held under. Raises InvalidInput, NoAgreement."""
        check_draft(draft)
        occasion = draft.occasion
        if occasion is not None and occasion.unit_id is not None:
            check_covered(agreement, occasion.unit_id, draft.community, occasion.on)
        offer = cls(
            id=id,
            lane=lane_of(draft.community),
            kind=draft.kind,
            community=draft.community,
            title=draft.title.strip(),
            description=draft.description,
            schedule=draft.schedule,
            skills=checked_skills(draft.skills),
            capacity=draft.capacity,
            places_left=draft.capacity,
            auto_approve=draft.auto_approve,
            opens_on=draft.opens_on or day_of(now),
            closes_on=draft.closes_on,
            reference=draft.reference,
            published_by=by,
            published_at=now,
            leader_id=draft.leader_id,
            **_planned(occasion),
            **_occurring(draft.occurrence),
            agreement_id=agreement.agreement_id if agreement else None,
        )
        offer.record("offer-published")
        return offer

    def check_open(self, now: datetime) -> None:
        """Whether it can be claimed on this day. Raises OfferClosed, OfferNotOpen."""
        self.check_published()
        if not self.opens_on <= day_of(now) or self.is_over(now):
            raise OfferNotOpen(path="offer_id", offer_id=self.id, opens_on=self.opens_on, closes_on=self.closes_on)

    def check_not_full(self) -> None:
        """Raises OfferFull."""
        if self.places_left < 1:
            raise OfferFull(path="offer_id", offer_id=self.id, capacity=self.capacity)

    def check_published(self) -> None:
        """Raises OfferClosed."""
        if self.status is not OfferStatus.PUBLISHED:
            raise OfferClosed(path="offer_id", offer_id=self.id)

    def is_over(self, now: datetime) -> bool:
        """Whether its last day is past."""
        return self.closes_on is not None and day_of(now) > self.closes_on

    def promotes(self, now: datetime) -> bool:
        """Whether a place that is free goes to whoever waits for it."""
        return self.status is OfferStatus.PUBLISHED and not self.is_over(now) and self.places_left > 0

    def take_place(self) -> None:
        """Take one place within this unit of work. Raises OfferClosed, OfferFull."""
        self.check_published()
        self.check_not_full()
        self.places_left -= 1

    def join_queue(self) -> int:
        """The next number of the waiting list."""
        self.queue += 1
        return self.queue

    def check_team(self) -> None:
        """Raises NotATeam, OfferClosed."""
        if self.kind is not OfferKind.TEAM:
            raise NotATeam(path="team_id", offer_id=self.id, kind=self.kind.value)
        self.check_published()

    def appoint(self, leader_id: str) -> None:
        """Another leader of a team. Raises NotATeam, OfferClosed."""
        self.check_team()
        self.leader_id = leader_id
        self.record("offer-led")

    def close(self, now: datetime) -> None:
        """No more claims or approvals; what was approved stands. Raises OfferClosed."""
        self.check_published()
        self.status = OfferStatus.CLOSED
        self.closed_at = now
        self.record("offer-closed")

    def thank(self, text: str, *, came_true: bool, by: str, now: datetime) -> None:
        """For a wish that came true; said again, it replaces what was said. Raises NotAWish, StepNotPossible,
        InvalidInput.
        """
        if self.kind is not OfferKind.WISH:
            raise NotAWish(path="offer_id", offer_id=self.id, kind=self.kind.value)
        if not came_true:
            raise StepNotPossible(path="offer_id", id=self.id, current_status=self.status.value)
        if not text.strip():
            raise InvalidInput(path="text", reason_zh="不能为空", reason_en="it is empty")
        self.thanks = Thanks(text=text.strip(), by=by, at=now)
        self.record("offer-thanked")

    def reopen(self, came_true_at: datetime | None) -> None:
        """The wish did not come true then after all: there are no thanks, and it is open again, unless it was closed
        before.
        """
        self.thanks = None
        if self.closed_at == came_true_at:
            self.status, self.closed_at = OfferStatus.PUBLISHED, None
            self.record("offer-reopened")

    def hold(self, on: date | None, now: datetime, agreement: Agreement | None = None) -> None:
        """An activity took place, on the day planned unless `on` says another; `agreement` is what binds on that one,
        if it is collective. Raises NotAnActivity, ActivityOver, ActivityNotDue, NoAgreement.
        """
        planned_on = self._check_going_on()
        held_on = on or planned_on
        if held_on > day_of(now):
            raise ActivityNotDue(path="held_on", offer_id=self.id, on=held_on)
        if self.unit_id is not None and held_on != planned_on:
            bound = check_covered(agreement, self.unit_id, self.community, held_on, path="held_on")
            self.agreement_id = bound.agreement_id
        self.status = OfferStatus.HELD
        self.held_on = held_on
        self.closed_at = self.closed_at or now
        self.record("offer-held")

    def cancel(self, now: datetime) -> None:
        """An activity will not take place; its claims are to be released. Raises NotAnActivity, ActivityOver."""
        self._check_going_on()
        self.status = OfferStatus.CANCELLED
        self.closed_at = self.closed_at or now
        self.record("offer-cancelled")

    def _check_going_on(self) -> date:
        if self.planned_on is None:
            raise NotAnActivity(path="activity_id", offer_id=self.id, kind=self.kind.value)
        if self.status in (OfferStatus.HELD, OfferStatus.CANCELLED):
            raise ActivityOver(path="activity_id", offer_id=self.id, current_status=self.status.value)
        return self.planned_on

    def snapshot(self) -> OfferSnapshot:
        public = {name: getattr(self, name) for name in OfferSnapshot.model_fields if name != "published_on"}
        return OfferSnapshot(**public, published_on=day_of(self.published_at))


def _planned(occasion: Occasion | None) -> dict[str, Any]:
    if occasion is None:
        return {}
    return {
        "planned_on": occasion.on,
        "place": occasion.place.strip(),
        "mode": occasion.mode,
        "unit_id": occasion.unit_id,
    }


def _occurring(occurrence: Occurrence | None) -> dict[str, Any]:
    if occurrence is None:
        return {}
    return {"series_id": occurrence.series_id, "occurs_on": occurrence.on, "repeats": occurrence.repeats}


def check_draft(draft: OfferDraft) -> None:
    """Raises InvalidInput."""
    checked_community(draft.community)
    check_title(draft.title)
    check_places(draft.kind, draft.capacity)
    check_days(draft.opens_on, draft.closes_on)


def check_title(title: str) -> None:
    """Raises InvalidInput."""
    if not title.strip():
        raise InvalidInput(path="title", reason_zh="标题不能为空", reason_en="the title is empty")


def check_places(kind: OfferKind, capacity: int) -> None:
    """Raises InvalidInput."""
    most = 1 if kind in ONE_PLACE else MOST_PLACES
    if not 1 <= capacity <= most:
        raise InvalidInput(
            path="capacity",
            reason_zh=f"名额须为 1 到 {most},收到 {capacity}",
            reason_en=f"1 to {most} places, got {capacity}",
        )


def checked_skills(skills: Sequence[str]) -> list[str]:
    """Each once, without blanks around it. Raises InvalidInput."""
    told = list(dict.fromkeys(skill.strip() for skill in skills))
    if len(told) > MOST_SKILLS or any(not 1 <= len(skill) <= LONGEST_SKILL for skill in told):
        raise InvalidInput(
            path="skills",
            reason_zh=f"最多 {MOST_SKILLS} 项技能,每项 1 到 {LONGEST_SKILL} 字",
            reason_en=f"at most {MOST_SKILLS} skills of 1 to {LONGEST_SKILL} characters",
        )
    return told


def check_days(opens_on: date | None, closes_on: date | None) -> None:
    """Raises InvalidInput."""
    if opens_on and closes_on and closes_on < opens_on:
        raise InvalidInput(path="closes_on", reason_zh="截止日期早于开始日期", reason_en="it closes before it opens")
