"""Service records in the graph."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.claims import Claim
from service_tracking.api.corrections import Correction
from service_tracking.api.foreign import Community, Member
from service_tracking.domain import record as records
from service_tracking.domain.flags import Flag, Served
from service_tracking.domain.record import ConfirmationMethod, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard


@strawberry.type(description="确认 / Confirmation")
class Confirmation:
    by: str
    method: ConfirmationMethod
    at: datetime
    note: str | None
    evidence: str | None


@strawberry.type(description="退回 / Rejection")
class Rejection:
    by: str
    reason: str
    at: datetime


@strawberry.federation.type(keys=["id"], description="服务记实 / Service given by one member on one day")
class ServiceRecord:
    id: strawberry.ID
    member: Member
    community: Community
    activity: str
    served_on: date
    hours: Decimal
    vanguard: Vanguard
    content: str
    place: str
    person_in_charge: str
    provenance: Provenance
    recorder: str
    on_behalf: bool
    submitted_at: datetime
    status: RecordStatus
    confirmation: Confirmation | None
    rejection: Rejection | None
    evidence: str | None
    started_at: datetime | None
    confirm_by: date | None
    corrections: list[Correction]
    claim_id: strawberry.Private[str | None]
    served: strawberry.Private[Served]
    policy_target: strawberry.Private[Target]

    @strawberry.field(description="复核提示 / What deserves a second look")
    async def flags(self, info: Info) -> list[Flag]:
        return await info.context.loaders.load(loaders.flags_of_records, self.served)

    @strawberry.field
    async def claim(self, info: Info) -> Claim | None:
        if self.claim_id is None:
            return None
        found = await info.context.loaders.find(loaders.claims_by_id, self.claim_id)
        return Claim.of(found) if found else None

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[ServiceRecord | None]":
        found = await loaders.records_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, record: records.ServiceRecord) -> Self:
        confirmed, rejected = record.confirmation, record.rejection
        return cls(
            id=strawberry.ID(record.id),
            member=Member(id=strawberry.ID(record.member_id)),
            community=Community(code=strawberry.ID(record.community)),
            confirmation=Confirmation(**dict(confirmed)) if confirmed else None,
            rejection=Rejection(**dict(rejected)) if rejected else None,
            served=Served(
                record.id,
                record.member_id,
                record.community,
                record.activity,
                record.served_on,
                record.hours,
                record.started_at,
                record.claim_id,
            ),
            corrections=[Correction.of(one) for one in record.corrections],
            policy_target=Target(division=record.community, unit=record.unit_id, member=record.member_id),
            **{name: getattr(record, name) for name in _RECORD_FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(records.ServiceRecord, document))


@strawberry.type
class MemberServices:
    """What a member has of this."""

    id: strawberry.ID

    @strawberry.field(description="服务记录(仅列出您有权查看的) / Service records, those that you may see")
    async def services(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        status: RecordStatus | None = RecordStatus.CONFIRMED,
    ) -> Connection[ServiceRecord] | None:
        page = await info.context.loaders.load(loaders.records_per_parent, self.id, "member_id", status, first, after)
        return connection(page, ServiceRecord.kept)


@strawberry.type
class CommunityRecords:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="服务记录(仅列出您有权查看的) / Service records, those that you may see")
    async def records(
        self, info: Info, first: int = 20, after: str | None = None, status: RecordStatus | None = None
    ) -> Connection[ServiceRecord] | None:
        page = await info.context.loaders.load(loaders.records_per_parent, self.code, "community", status, first, after)
        return connection(page, ServiceRecord.kept)


_RECORD_FIELDS = (
    "activity",
    "served_on",
    "hours",
    "vanguard",
    "content",
    "place",
    "person_in_charge",
    "provenance",
    "recorder",
    "on_behalf",
    "submitted_at",
    "status",
    "claim_id",
    "evidence",
    "confirm_by",
    "started_at",
)
