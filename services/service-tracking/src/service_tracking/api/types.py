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
from service_tracking.api.corrections import Correction
from service_tracking.api.follow_ups import FollowUp
from service_tracking.api.partnership import CommunityPartnership, UnitPartnership
from service_tracking.api.policies import CommunityRules
from service_tracking.api.problems import CommunityProblems, MemberProblems
from service_tracking.domain import claim as claims
from service_tracking.domain import offer as offers
from service_tracking.domain import record as records
from service_tracking.domain.claim import Attendance, ClaimStatus
from service_tracking.domain.flags import Flag, Served
from service_tracking.domain.offer import ActivityMode, OfferKind, OfferStatus
from service_tracking.domain.record import ConfirmationMethod, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard


@strawberry.federation.type(keys=["id"])
class Member(MemberProblems, ForeignEntity):
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
class Community(CommunityRules, CommunityProblems, CommunityPartnership, ForeignEntity):
    code: strawberry.ID

    @strawberry.field(description="岗位、微心愿、结对、服务队、活动 / Posts, wishes, pairings, teams, activities")
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


@strawberry.federation.type(keys=["id"])
class Unit(UnitPartnership, ForeignEntity):
    id: strawberry.ID

    @strawberry.field(description="集体活动 / Collective activities")
    async def activities(
        self, info: Info, first: int = 20, after: str | None = None, status: OfferStatus | None = None
    ) -> "Connection[Activity]":
        page = await info.context.loaders.load(loaders.activities_of_units, self.id, status, first, after)
        return connection(page, Activity.held)


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
        match offer.kind:
            case OfferKind.POST:
                return Post(**common, schedule=offer.schedule)
            case OfferKind.WISH:
                return Wish(**common)
            case OfferKind.PAIRING:
                return PairingNeed(**common)
            case OfferKind.TEAM:
                return Team(**common, leader=_member(offer.leader_id))
            case OfferKind.ACTIVITY:
                return Activity(**common, **_occasion(offer))

    @staticmethod
    def kept(document: Document) -> "Offer":
        return Offer.of(restore(offers.Offer, document))


@strawberry.federation.type(keys=["id"], description="服务岗位 / Service post")
class Post(Offer):
    schedule: str


@strawberry.federation.type(keys=["id"], description="微心愿 / Micro-wish")
class Wish(Offer):
    pass


@strawberry.federation.type(keys=["id"], description="结对帮扶需求:一户一需求 / The need of one household")
class PairingNeed(Offer):
    @strawberry.field(description="走访记录(仅列出您有权查看的) / The log, what you may see of it")
    async def follow_ups(self, info: Info, first: int = 20, after: str | None = None) -> Connection[FollowUp] | None:
        page = await info.context.loaders.load(loaders.follow_ups_per_parent, self.id, "offer_id", first, after)
        return connection(page, FollowUp.kept)


@strawberry.federation.type(keys=["id"], description="志愿服务队 / A standing team; members join by claiming")
class Team(Offer):
    leader: Member | None


@strawberry.federation.type(keys=["id"], description="活动;有单位的为集体活动 / An activity, collective if of a unit")
class Activity(Offer):
    planned_on: date
    held_on: date | None
    place: str
    mode: ActivityMode
    unit: Unit | None
    agreement_id: strawberry.ID | None

    @classmethod
    def held(cls, document: Document) -> "Activity":
        activity = cls.kept(document)
        assert isinstance(activity, Activity)
        return activity


@strawberry.type(description="出席情况 / Whether the claimant came to the activity")
class Attended:
    attendance: Attendance
    by: str
    at: datetime


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
    succeeds: strawberry.ID | None = strawberry.field(description="由哪一认领交接而来 / The claim that was handed over")
    attended: Attended | None
    offer_id: strawberry.Private[str]
    policy_target: strawberry.Private[Target]

    @strawberry.field(description="结对走访记录(仅列出您有权查看的) / The pairing's log, what you may see of it")
    async def follow_ups(self, info: Info, first: int = 20, after: str | None = None) -> Connection[FollowUp] | None:
        page = await info.context.loaders.load(loaders.follow_ups_per_parent, self.id, "claim_id", first, after)
        return connection(page, FollowUp.kept)

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
            succeeds=strawberry.ID(claim.succeeds) if claim.succeeds else None,
            attended=Attended(**dict(claim.attended)) if claim.attended else None,
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
            ),
            corrections=[Correction.of(one) for one in record.corrections],
            policy_target=Target(division=record.community, unit=record.unit_id, member=record.member_id),
            **{name: getattr(record, name) for name in _RECORD_FIELDS},
        )

    @classmethod
    def kept(cls, document: Document) -> Self:
        return cls.of(restore(records.ServiceRecord, document))


def _member(id: str | None) -> Member | None:
    return Member(id=strawberry.ID(id)) if id else None


def _occasion(offer: offers.Offer) -> dict[str, Any]:
    return {
        "planned_on": offer.planned_on,
        "held_on": offer.held_on,
        "place": offer.place,
        "mode": offer.mode,
        "unit": Unit(id=strawberry.ID(offer.unit_id)) if offer.unit_id else None,
        "agreement_id": offer.agreement_id,
    }


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
    "evidence",
    "confirm_by",
    "started_at",
)
