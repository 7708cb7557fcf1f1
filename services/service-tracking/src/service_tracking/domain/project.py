"""A project that a unit carries out with a community under their agreement."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from servicekit.domain import InvalidInput

from service_tracking.domain.agreement import Agreement, check_covered
from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.days import check_not_future, day_of
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.refusals import StepNotPossible


class ProjectStatus(StrEnum):
    PROPOSED = "PROPOSED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


# Where a step may begin; it is named by the status that it leads to.
PROJECT_STEPS: dict[ProjectStatus, frozenset[ProjectStatus]] = {
    ProjectStatus.STARTED: frozenset({ProjectStatus.PROPOSED}),
    ProjectStatus.COMPLETED: frozenset({ProjectStatus.STARTED}),
    ProjectStatus.CANCELLED: frozenset({ProjectStatus.PROPOSED, ProjectStatus.STARTED}),
}
PROJECT_FACTS = {
    ProjectStatus.STARTED: "project-started",
    ProjectStatus.COMPLETED: "project-completed",
    ProjectStatus.CANCELLED: "project-cancelled",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """`reference` is the proposer's own key: proposed twice, it is one project."""

    community: str
    unit_id: str
    title: str
    description: str = ""
    proposed_on: date | None = None
    reference: str | None = None


class ProjectSnapshot(PlacedSnapshot):
    """The public state of a project."""

    agreement_id: str
    unit_id: str
    status: ProjectStatus
    proposed_on: date
    started_on: date | None
    completed_on: date | None


class Project(Placed):
    """PROPOSED -> STARTED -> COMPLETED; CANCELLED before it is completed. Its days never run backwards."""

    MOVED = "project-moved"

    agreement_id: str
    unit_id: str
    title: str
    description: str
    status: ProjectStatus = ProjectStatus.PROPOSED
    proposed_on: date
    started_on: date | None = None
    completed_on: date | None = None
    reason: str = ""
    reference: str | None
    proposed_by: str

    @classmethod
    def propose(cls, proposal: Proposal, agreement: Agreement | None, *, id: str, by: str, now: datetime) -> Self:
        """Raises InvalidInput, NoAgreement."""
        checked_community(proposal.community)
        if not proposal.title.strip():
            raise InvalidInput(path="title", reason_zh="标题不能为空", reason_en="the title is empty")
        proposed_on = proposal.proposed_on or day_of(now)
        check_not_future(proposed_on, now, path="proposed_on")
        bound = check_covered(agreement, proposal.unit_id, proposal.community, proposed_on)
        project = cls(
            id=id,
            lane=lane_of(proposal.community),
            agreement_id=bound.agreement_id,
            unit_id=proposal.unit_id,
            community=proposal.community,
            title=proposal.title.strip(),
            description=proposal.description,
            proposed_on=proposed_on,
            reference=proposal.reference,
            proposed_by=by,
        )
        project.record("project-proposed")
        return project

    def move(self, to: ProjectStatus, *, on: date | None, reason: str, now: datetime) -> None:
        """One step, on a day (today if None) that is not before the last one's.

        Raises StepNotPossible, InvalidInput.
        """
        if self.status not in PROJECT_STEPS[to]:
            raise StepNotPossible(path="project_id", id=self.id, current_status=self.status.value)
        day = on or day_of(now)
        check_not_future(day, now, path="on")
        since = self.started_on or self.proposed_on
        if day < since:
            raise InvalidInput(path="on", reason_zh=f"不能早于 {since}", reason_en=f"not before {since}")
        if to is ProjectStatus.CANCELLED and not reason.strip():
            raise InvalidInput(path="reason", reason_zh="须写明理由", reason_en="say why")
        self.status = to
        self.reason = reason.strip()
        if to is ProjectStatus.STARTED:
            self.started_on = day
        if to is ProjectStatus.COMPLETED:
            self.completed_on = day
        self.record(PROJECT_FACTS[to])

    def snapshot(self) -> ProjectSnapshot:
        return ProjectSnapshot(**{name: getattr(self, name) for name in ProjectSnapshot.model_fields})
