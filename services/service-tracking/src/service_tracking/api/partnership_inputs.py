"""What projects, support, service points and programmes take."""

from datetime import date
from decimal import Decimal

import strawberry
from servicekit.graphql import text

from service_tracking.domain.project import ProjectStatus, Proposal
from service_tracking.domain.support import Gift, SupportKind
from service_tracking.domain.venue import VenueDraft, VenueKind
from service_tracking.use_cases.move_projects import MoveProject
from service_tracking.use_cases.record_supports import RecordSupport

TODAY = "不填则为今天 / Left out: today"


@strawberry.input
class ProposeProjectInput:
    community_code: strawberry.ID
    unit_id: strawberry.ID
    title: str = text(max=100)
    description: str = text(max=2_000, default="")
    proposed_on: date | None = strawberry.field(default=None, description=TODAY)
    reference: str | None = text(max=100, min=1, default=None)

    def command(self) -> Proposal:
        return Proposal(
            self.community_code, self.unit_id, self.title, self.description, self.proposed_on, self.reference
        )


@strawberry.input
class StartProjectInput:
    project_id: strawberry.ID
    on: date | None = strawberry.field(default=None, description=TODAY)

    def command(self) -> MoveProject:
        return MoveProject(self.project_id, ProjectStatus.STARTED, self.on)


@strawberry.input
class CompleteProjectInput:
    project_id: strawberry.ID
    on: date | None = strawberry.field(default=None, description=TODAY)

    def command(self) -> MoveProject:
        return MoveProject(self.project_id, ProjectStatus.COMPLETED, self.on)


@strawberry.input
class CancelProjectInput:
    project_id: strawberry.ID
    reason: str = text(max=500)

    def command(self) -> MoveProject:
        return MoveProject(self.project_id, ProjectStatus.CANCELLED, None, self.reason)


@strawberry.input
class RecordSupportInput:
    community_code: strawberry.ID
    unit_id: strawberry.ID
    kind: SupportKind
    quantity: Decimal
    measure: str = text(max=20)
    value: Decimal = strawberry.field(description="元 / Yuan")
    project_id: strawberry.ID | None = None
    given_on: date | None = strawberry.field(default=None, description=TODAY)
    note: str = text(max=500, default="")
    reference: str | None = text(max=100, min=1, default=None)

    def command(self) -> RecordSupport:
        gift = Gift(
            community=self.community_code,
            unit_id=self.unit_id,
            kind=self.kind,
            quantity=self.quantity,
            measure=self.measure,
            value=self.value,
            given_on=self.given_on,
            note=self.note,
            reference=self.reference,
        )
        return RecordSupport(gift, self.project_id)


@strawberry.input
class ReverseSupportInput:
    support_id: strawberry.ID
    reason: str = text(max=500)


@strawberry.input
class OpenServicePointInput:
    community_code: strawberry.ID
    name: str = text(max=100)
    description: str = text(max=2_000, default="")
    address: str = text(max=200, default="")
    opened_on: date | None = strawberry.field(default=None, description=TODAY)
    reference: str | None = text(max=100, min=1, default=None)

    def command(self) -> VenueDraft:
        return VenueDraft(
            VenueKind.SERVICE_POINT,
            self.community_code,
            self.name,
            self.description,
            self.address,
            self.opened_on,
            self.reference,
        )


@strawberry.input
class LaunchProgrammeInput:
    community_code: strawberry.ID
    name: str = text(max=100)
    description: str = text(max=2_000, default="")
    launched_on: date | None = strawberry.field(default=None, description=TODAY)
    reference: str | None = text(max=100, min=1, default=None)

    def command(self) -> VenueDraft:
        return VenueDraft(
            VenueKind.PROGRAMME,
            self.community_code,
            self.name,
            self.description,
            "",
            self.launched_on,
            self.reference,
        )


@strawberry.input
class CloseServicePointInput:
    id: strawberry.ID
    on: date | None = strawberry.field(default=None, description=TODAY)


@strawberry.input
class EndProgrammeInput:
    id: strawberry.ID
    on: date | None = strawberry.field(default=None, description=TODAY)
