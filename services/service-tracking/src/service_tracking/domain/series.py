"""A series: a post that recurs. Each day of it is a post of its own, published some weeks ahead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from pydantic import Field
from servicekit.domain import InvalidInput

from service_tracking.domain.community import lane_of
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Occurrence, Offer, OfferDraft, OfferKind, check_draft, checked_skills
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.recurrence import Recurrence
from service_tracking.domain.refusals import StepNotPossible

# So far ahead are its posts published, and so often more of them.
HORIZON, EXPAND_EVERY = timedelta(days=56), timedelta(days=7)
# A month is searched after another from the first day on.
FARTHEST = timedelta(days=50 * 366)


@dataclass(frozen=True, slots=True)
class SeriesDraft:
    """`post` is what each post says; `recurrence` an RRULE, counted from `starts_on`."""

    post: OfferDraft
    recurrence: str
    starts_on: date


class SeriesSnapshot(PlacedSnapshot):
    """The public state of a series."""

    capacity: int
    recurrence: str
    starts_on: date
    ended_on: date | None


class Series(Placed):
    """Goes on until its rule ends or somebody ends it. So far it has published `posts` posts, of days to `expanded_to`;
    on `expand_on` it publishes more (None: no more are to come).
    """

    MOVED = "recurring-post-moved"

    title: str
    description: str
    schedule: str
    skills: list[str] = Field(default_factory=list)
    capacity: int
    auto_approve: bool
    recurrence: str
    starts_on: date
    reference: str | None
    published_by: str
    published_at: datetime
    posts: int = 0
    expanded_to: date | None = None
    expand_on: date | None
    ended_on: date | None = None

    @classmethod
    def publish(cls, draft: SeriesDraft, *, id: str, by: str, now: datetime) -> Self:
        """Without its posts: `expand` makes them. Raises InvalidInput."""
        post = draft.post
        check_draft(post)
        if abs(draft.starts_on - day_of(now)) > FARTHEST:
            raise InvalidInput(path="starts_on", reason_zh="须在前后五十年之内", reason_en="within fifty years")
        if not Recurrence(draft.recurrence, draft.starts_on).goes_on_after(day_of(now) - timedelta(days=1)):
            raise InvalidInput(path="recurrence", reason_zh="所有日期均已过去", reason_en="all of its days are past")
        series = cls(
            id=id,
            lane=lane_of(post.community),
            community=post.community,
            title=post.title.strip(),
            description=post.description,
            schedule=post.schedule,
            skills=checked_skills(post.skills),
            capacity=post.capacity,
            auto_approve=post.auto_approve,
            recurrence=draft.recurrence,
            starts_on=draft.starts_on,
            reference=post.reference,
            published_by=by,
            published_at=now,
            expand_on=day_of(now),
        )
        series.record("recurring-post-published")
        return series

    def expand(self, new_id: Callable[[], str], now: datetime) -> list[Offer]:
        """The posts of the days from today to the horizon that were not published yet."""
        today = day_of(now)
        since = max(today, self.expanded_to + timedelta(days=1)) if self.expanded_to else today
        until = max(today, self.starts_on) + HORIZON
        recurrence = Recurrence(self.recurrence, self.starts_on)
        posts = [self._post(day, new_id(), now) for day in recurrence.between(since, until)]
        self.expanded_to = until
        self.expand_on = today + EXPAND_EVERY if recurrence.goes_on_after(until) else None
        return posts

    def end(self, now: datetime) -> None:
        """No more posts. Raises StepNotPossible."""
        if self.ended_on is not None:
            raise StepNotPossible(path="id", id=self.id, current_status=f"ENDED {self.ended_on}")
        self.ended_on = day_of(now)
        self.expand_on = None
        self.record("recurring-post-ended")

    def snapshot(self) -> SeriesSnapshot:
        return SeriesSnapshot(**{name: getattr(self, name) for name in SeriesSnapshot.model_fields})

    def _post(self, day: date, id: str, now: datetime) -> Offer:
        draft = OfferDraft(
            OfferKind.POST,
            self.community,
            self.title,
            self.description,
            self.schedule,
            self.skills,
            self.capacity,
            self.auto_approve,
            closes_on=day,
            occurrence=Occurrence(self.id, day, repeats=self.posts > 0),
        )
        self.posts += 1
        return Offer.publish(draft, id=id, by=self.published_by, now=now)
