"""What submitting, confirming and rejecting takes."""

from datetime import date, datetime
from decimal import Decimal

import strawberry
from servicekit.graphql import text

from service_tracking.api.claim_inputs import MEMBER
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.domain.service import Provenance, Service, Vanguard
from service_tracking.use_cases.confirm_records import ConfirmRecord
from service_tracking.use_cases.reject_records import RejectRecord


@strawberry.input
class SubmitRecordInput:
    member_id: strawberry.ID | None = strawberry.field(default=None, description=MEMBER)
    claim_id: strawberry.ID | None = None
    community_code: strawberry.ID | None = strawberry.field(
        default=None,
        description="不填则为认领所在社区,或报到社区 / Left out: the claim's, else where the member is registered",
    )
    activity: str = text(max=100)
    served_on: date
    hours: Decimal = strawberry.field(description="大于 0,不超过 24,最多一位小数 / Over 0, at most 24, one decimal")
    vanguard: Vanguard
    content: str = text(max=2_000, default="")
    place: str = text(max=200, default="")
    person_in_charge: str = text(max=100, default="")
    provenance: Provenance = Provenance.SELF_REPORTED
    evidence: str | None = text(max=500, default=None)
    started_at: datetime | None = strawberry.field(
        default=None, description="开始时间,用于发现重叠 / When it began, to find overlaps"
    )
    reference: str | None = text(max=100, min=1, default=None)

    def service(self) -> Service:
        return Service(
            activity=self.activity,
            served_on=self.served_on,
            hours=self.hours,
            vanguard=self.vanguard,
            content=self.content,
            place=self.place,
            person_in_charge=self.person_in_charge,
            provenance=self.provenance,
            reference=self.reference,
            evidence=self.evidence,
            started_at=self.started_at,
        )


@strawberry.input
class ConfirmRecordInput:
    record_id: strawberry.ID
    method: ConfirmationMethod
    note: str | None = text(max=500, default=None)
    evidence: str | None = text(max=500, default=None)

    def command(self) -> ConfirmRecord:
        return ConfirmRecord(self.record_id, self.method, self.note, self.evidence)


@strawberry.input
class RejectRecordInput:
    record_id: strawberry.ID
    reason: str = text(max=500)

    def command(self) -> RejectRecord:
        return RejectRecord(self.record_id, self.reason)
