# mypy: disable-error-code="untyped-decorator"
"""The types of the graph. Members and communities belong to registration and are extended here."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import strawberry
from servicekit.graphql import Connection, ForeignEntity, Info, connection
from servicekit.security import Target
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import enums as enums
from service_tracking.api import loaders
from service_tracking.domain import claim as claims
from service_tracking.domain import offer as offers
from service_tracking.domain import record as records
from service_tracking.domain.claim import ClaimStatus
from service_tracking.domain.offer import OfferKind, OfferStatus
from service_tracking.domain.record import ConfirmationMethod, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard


@strawberry.federation.type(keys=["id"])
class Member(ForeignEntity):
    id: strawberry.ID

    @strawberry.field(description="认领(仅列出您有权查看的) / Claims, those that you may see")
    async def claims(
        self, info: Info, first: int = 20, after: str | None = None, status: ClaimStatus | None = None
    ) -> "Connection[Claim] | None":
        page = await info.context.loaders.load(loaders.claims_per_parent, self.id, "member_id", status, first, after)
        return connection(page, Claim.kept)

    @strawberry.field(description="服务记录(仅列出您有权查看的) / Service records, those that you may see")
    async def services(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        status: RecordStatus | None = RecordStatus.CONFIRMED,
    ) -> "Connection[ServiceRecord] | None":
        page = await info.context.loaders.load(loaders.records_per_parent, self.id, "member_id", status, first, after)
        return connection(page, ServiceRecord.kept)


@strawberry.federation.type(keys=["code"])
class Community(ForeignEntity):
    code: strawberry.ID

    @strawberry.field(description="岗位和微心愿 / Posts and wishes")
    async def offers(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        kind: OfferKind | None = None,
        status: OfferStatus | None = None,
    ) -> "Connection[Offer]":
        load = info.context.loaders.load
        page = await load(loaders.offers_of_communities, self.code, kind, status, first, after)
        return connection(page, Offer.kept)

    @strawberry.field(description="认领(仅列出您有权查看的) / Claims, those that you may see")
    async def claims(
        self, info: Info, first: int = 20, after: str | None = None, status: ClaimStatus | None = None
    ) -> "Connection[Claim] | None":
        page = await info.context.loaders.load(loaders.claims_per_parent, self.code, "community", status, first, after)
        return connection(page, Claim.kept)

    @strawberry.field(description="服务记录(仅列出您有权查看的) / Service records, those that you may see")
    async def records(
        self, info: Info, first: int = 20, after: str | None = None, status: RecordStatus | None = None
    ) -> "Connection[ServiceRecord] | None":
        page = await info.context.loaders.load(loaders.records_per_parent, self.code, "community", status, first, after)
        return connection(page, ServiceRecord.kept)


@strawberry.interface(description="社区发布、党员认领的事项 / What a community publishes for members to claim")
class Offer:
    id: strawberry.ID
    title: str
    description: str
    status: OfferStatus
    community: Community
    capacity: int
    places_left: int
    auto_approve: bool
    opens_on: date
    closes_on: date | None
    published_at: datetime
    closed_at: datetime | None

    @strawberry.field(description="认领(仅列出您有权查看的) / Claims, those that you may see")
    async def claims(
        self, info: Info, first: int = 20, after: str | None = None, status: ClaimStatus | None = None
    ) -> "Connection[Claim] | None":
        page = await info.context.loaders.load(loaders.claims_per_parent, self.id, "offer_id", status, first, after)
        return connection(page, Claim.kept)

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "Sequence[Offer | None]":
        found = await loaders.offers_by_id(info.context, [key["id"] for key in keys])
        presented = {id: cls.of(offer) for id, offer in found.items()}
        offers_ = [presented.get(key["id"]) for key in keys]
        return [offer if isinstance(offer, cls) else None for offer in offers_]

    @staticmethod
    def of(offer: offers.Offer) -> "Offer":
        common: dict[str, Any] = {
            "id": strawberry.ID(offer.id),
            "community": Community(code=strawberry.ID(offer.community)),
            **{name: getattr(offer, name) for name in _OFFER_FIELDS},
        }
        return Wish(**common) if offer.kind is OfferKind.WISH else Post(**common, schedule=offer.schedule)

    @staticmethod
    def kept(document: Document) -> "Offer":
        return Offer.of(restore(offers.Offer, document))


@strawberry.federation.type(keys=["id"], description="服务岗位 / Service post")
class Post(Offer):
    schedule: str


@strawberry.federation.type(keys=["id"], description="微心愿 / Micro-wish")
class Wish(Offer):
    pass


@strawberry.type(description="审核;by 为空表示自动通过 / The review; by is null where the offer approves by itself")
class ClaimReview:
    by: str | None
    at: datetime
    reason: str | None


@strawberry.federation.type(keys=["id"], description="认领 / A member takes up an offer")
class Claim:
    id: strawberry.ID
    member: Member
    community: Community
    status: ClaimStatus
    requested_at: datetime
    on_behalf: bool
    review: ClaimReview | None
    ended_at: datetime | None
    offer_id: strawberry.Private[str]
    policy_target: strawberry.Private[Target]

    @strawberry.field
    async def offer(self, info: Info) -> Offer:
        return Offer.of(await info.context.loaders.load(loaders.offers_by_id, self.offer_id))

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> "list[Claim | None]":
        found = await loaders.claims_by_id(info.context, [key["id"] for key in keys])
        return [cls.of(found[key["id"]]) if key["id"] in found else None for key in keys]

    @classmethod
    def of(cls, claim: claims.Claim) -> Self:
        review = claim.review
        return cls(
            id=strawberry.ID(claim.id),
            member=Member(id=strawberry.ID(claim.member_id)),
            community=Community(code=strawberry.ID(claim.community)),
            status=claim.status,
            requested_at=claim.requested_at,
            on_behalf=claim.on_behalf,
            review=ClaimReview(by=review.by, at=review.at, reason=review.reason) if review else None,
            ended_at=claim.ended_at,
            offer_id=claim.offer_id,
            policy_target=Target(division=claim.community, unit=claim.unit_id, member=claim.member_id),
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(claims.Claim, document))


@strawberry.type(description="确认 / Confirmation")
class Confirmation:
    by: str
    method: ConfirmationMethod
    at: datetime
    note: str | None


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
    claim_id: strawberry.Private[str | None]
    policy_target: strawberry.Private[Target]

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
            policy_target=Target(division=record.community, unit=record.unit_id, member=record.member_id),
            **{name: getattr(record, name) for name in _RECORD_FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(records.ServiceRecord, document))


_OFFER_FIELDS = (
    "title",
    "description",
    "status",
    "capacity",
    "places_left",
    "auto_approve",
    "opens_on",
    "closes_on",
    "published_at",
    "closed_at",
)
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
)
