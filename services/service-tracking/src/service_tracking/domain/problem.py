"""A problem: what a member heard or saw in a community, from report to the reporter's word that it is solved."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.domain import InvalidInput

from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.days import check_not_future, day_of
from service_tracking.domain.person import Person
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.refusals import NotTheReporter, OwnResolution, StepNotPossible
from service_tracking.domain.registered import Registered


class Category(StrEnum):
    SANITATION = "SANITATION"
    SAFETY = "SAFETY"
    FACILITIES = "FACILITIES"
    UTILITIES = "UTILITIES"
    PARKING = "PARKING"
    GREENERY = "GREENERY"
    NEIGHBOURS = "NEIGHBOURS"
    WELFARE = "WELFARE"
    OTHER = "OTHER"


class ProblemStatus(StrEnum):
    REPORTED = "REPORTED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    ASSIGNED = "ASSIGNED"
    RESOLVED = "RESOLVED"
    CONFIRMED = "CONFIRMED"
    REOPENED = "REOPENED"


SOLVED = (ProblemStatus.RESOLVED, ProblemStatus.CONFIRMED)
ENDED = (*SOLVED, ProblemStatus.DECLINED)
OPEN = tuple(status for status in ProblemStatus if status not in ENDED)

# Where a step may begin; it is named by the status that it leads to.
STEPS: dict[ProblemStatus, frozenset[ProblemStatus]] = {
    ProblemStatus.ACCEPTED: frozenset({ProblemStatus.REPORTED}),
    ProblemStatus.DECLINED: frozenset({ProblemStatus.REPORTED, ProblemStatus.ACCEPTED}),
    ProblemStatus.ASSIGNED: frozenset({ProblemStatus.ACCEPTED, ProblemStatus.ASSIGNED, ProblemStatus.REOPENED}),
    ProblemStatus.RESOLVED: frozenset({ProblemStatus.ACCEPTED, ProblemStatus.ASSIGNED, ProblemStatus.REOPENED}),
    ProblemStatus.CONFIRMED: frozenset({ProblemStatus.RESOLVED}),
    ProblemStatus.REOPENED: frozenset(SOLVED),
}
FACTS = {
    ProblemStatus.ACCEPTED: "problem-accepted",
    ProblemStatus.DECLINED: "problem-declined",
    ProblemStatus.ASSIGNED: "problem-assigned",
    ProblemStatus.RESOLVED: "problem-resolved",
    ProblemStatus.CONFIRMED: "problem-confirmed",
    ProblemStatus.REOPENED: "problem-reopened",
}
_NOTE_NEEDED = frozenset(FACTS) - {ProblemStatus.ACCEPTED, ProblemStatus.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. `reference` is the reporter's own key; coordinates are WGS 84 degrees."""

    community: str
    category: Category
    description: str
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    observed_on: date | None = None
    reference: str | None = None


class ProblemStep(BaseModel):
    """`note`: the reason, the assignee, or what was done."""

    status: ProblemStatus
    by: str
    at: datetime
    note: str = ""


class ProblemSnapshot(PlacedSnapshot):
    """The public state of a problem: never what was reported."""

    member_id: str | None
    unit_id: str | None
    category: Category
    status: ProblemStatus
    observed_on: date
    resolved_on: date | None
    times_reopened: int


class Problem(Placed):
    """REPORTED -> ACCEPTED -> ASSIGNED -> RESOLVED -> CONFIRMED; DECLINED at first, REOPENED once solved.

    `member_id` and `unit_id` are those of the member who reported it, if a member did.
    """

    MOVED = "problem-moved"

    member_id: str | None
    unit_id: str | None
    category: Category
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    observed_on: date
    reference: str | None
    reported_by: str
    reported_at: datetime
    updated_at: datetime
    status: ProblemStatus = ProblemStatus.REPORTED
    assignee: str = ""
    resolution: str = ""
    resolved_on: date | None = None
    times_reopened: int = 0
    history: list[ProblemStep]

    @classmethod
    def report(cls, report: Report, member: Registered | None, *, id: str, by: str, now: datetime) -> Self:
        """Raises InvalidInput."""
        checked_community(report.community)
        _check(report)
        observed_on = report.observed_on or day_of(now)
        check_not_future(observed_on, now, path="observed_on")
        problem = cls(
            id=id,
            lane=lane_of(report.community),
            community=report.community,
            member_id=member.member_id if member else None,
            unit_id=member.unit_id if member else None,
            category=report.category,
            description=report.description.strip(),
            address=report.address.strip(),
            latitude=report.latitude,
            longitude=report.longitude,
            observed_on=observed_on,
            reference=report.reference,
            reported_by=by,
            reported_at=now,
            updated_at=now,
            history=[ProblemStep(status=ProblemStatus.REPORTED, by=by, at=now)],
        )
        problem.record("problem-reported")
        return problem

    def move(self, to: ProblemStatus, *, by: Person, note: str, on: date | None, now: datetime) -> None:
        """One step. `on` is the day on which it was resolved, today if None.

        Raises StepNotPossible, OwnResolution, NotTheReporter, InvalidInput.
        """
        if self.status not in STEPS[to]:
            raise StepNotPossible(path="problem_id", id=self.id, current_status=self.status.value)
        note = note.strip()
        if to in _NOTE_NEEDED and not note:
            raise InvalidInput(path="note", reason_zh="须写明情况", reason_en="say why, who or what")
        if to is ProblemStatus.CONFIRMED:
            self._check_confirms(by)
        self._apply(to, note, on, now)
        self.status = to
        self.updated_at = now
        self.history.append(ProblemStep(status=to, by=by.subject, at=now, note=note))
        self.record(FACTS[to])

    def _apply(self, to: ProblemStatus, note: str, on: date | None, now: datetime) -> None:
        if to is ProblemStatus.ASSIGNED:
            self.assignee = note
        if to is ProblemStatus.RESOLVED:
            resolved_on = on or day_of(now)
            check_not_future(resolved_on, now, path="resolved_on")
            self._check_observed_by(resolved_on)
            self.resolution, self.resolved_on = note, resolved_on
        if to is ProblemStatus.REOPENED:
            self.resolved_on = None
            self.times_reopened += 1

    def _check_observed_by(self, resolved_on: date) -> None:
        if resolved_on < self.observed_on:
            raise InvalidInput(
                path="resolved_on",
                reason_zh=f"不能早于发现日期 {self.observed_on}",
                reason_en=f"not before {self.observed_on}, when it was seen",
            )

    def _check_confirms(self, by: Person) -> None:
        """The reporter, or for one who is no member the place; never who resolved it."""
        resolved = next(step for step in reversed(self.history) if step.status is ProblemStatus.RESOLVED)
        if resolved.by == by.subject:
            raise OwnResolution(path="problem_id")
        if self.member_id is not None and self.member_id not in by.member_ids and by.subject != self.reported_by:
            raise NotTheReporter(path="problem_id", member_id=self.member_id)

    def snapshot(self) -> ProblemSnapshot:
        return ProblemSnapshot(**{name: getattr(self, name) for name in ProblemSnapshot.model_fields})


def _check(report: Report) -> None:
    if not report.description.strip():
        raise InvalidInput(path="description", reason_zh="须写明问题", reason_en="say what the problem is")
    for path, value, most in (("latitude", report.latitude, 90), ("longitude", report.longitude, 180)):
        if value is not None and not -most <= value <= most:
            raise InvalidInput(path=path, reason_zh=f"须在 -{most} 到 {most} 之间", reason_en=f"-{most} to {most}")
