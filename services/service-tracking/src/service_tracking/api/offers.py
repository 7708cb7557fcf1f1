"""Offers of every kind in the graph."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.mongo import Document
from servicekit.storage.work import restore

from service_tracking.api import loaders
from service_tracking.api.claims import Claim
from service_tracking.api.follow_ups import FollowUp
from service_tracking.api.foreign import Community, Member, Unit
from service_tracking.domain import offer as offers
from service_tracking.domain.claim import ClaimStatus
from service_tracking.domain.offer import ActivityMode, OfferKind, OfferStatus


@strawberry.type(description="受助人的感谢(公开,不得透露身份)/ What whoever was helped says, in public")
class Thanks:
    text: str
    at: datetime


@strawberry.interface(description="社区发布、党员认领的事项 / What a community publishes for members to claim")
class Offer:
    id: strawberry.ID
    version: int = strawberry.field(description="修改时须带上 / Whoever edits it says which version they saw")
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

    @strawberry.field(description="排队人数 / How many are on the waiting list")
    async def waiting(self, info: Info) -> int:
        return await info.context.loaders.load(loaders.waiting_for_offers, self.id)

    @strawberry.field(description="认领(仅列出您有权查看的) / Claims, those that you may see")
    async def claims(
        self, info: Info, first: int = 20, after: str | None = None, status: ClaimStatus | None = None
    ) -> Connection[Claim] | None:
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
                return Post(**common, **_of_post(offer))
            case OfferKind.WISH:
                return Wish(**common, thanks=_thanks(offer.thanks))
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
    skills: list[str] = strawberry.field(description="所需技能 / What helps to know")
    occurs_on: date | None = strawberry.field(description="周期岗位的日期 / Its day, of a post that recurs")
    series_id: strawberry.Private[str | None]

    @classmethod
    def in_series(cls, document: Document) -> "Post":
        post = cls.kept(document)
        assert isinstance(post, Post)
        return post


@strawberry.federation.type(keys=["id"], description="微心愿 / Micro-wish")
class Wish(Offer):
    thanks: Thanks | None = strawberry.field(description="心愿实现后的感谢 / Of a wish that came true")


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


@strawberry.type
class ClaimedOffer:
    """What a claim has of this."""

    offer_id: strawberry.Private[str]

    @strawberry.field
    async def offer(self, info: Info) -> Offer:
        return Offer.of(await info.context.loaders.load(loaders.offers_by_id, self.offer_id))


@strawberry.type
class CommunityOffers:
    """What a community has of this."""

    code: strawberry.ID

    @strawberry.field(description="岗位、微心愿、结对、服务队、活动 / Posts, wishes, pairings, teams, activities")
    async def offers(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        kind: OfferKind | None = None,
        status: OfferStatus | None = None,
    ) -> Connection[Offer]:
        load = info.context.loaders.load
        page = await load(loaders.offers_of_communities, self.code, kind, status, first, after)
        return connection(page, Offer.kept)


@strawberry.type
class UnitActivities:
    """What a unit has of this."""

    id: strawberry.ID

    @strawberry.field(description="集体活动 / Collective activities")
    async def activities(
        self, info: Info, first: int = 20, after: str | None = None, status: OfferStatus | None = None
    ) -> Connection[Activity]:
        page = await info.context.loaders.load(loaders.activities_of_units, self.id, status, first, after)
        return connection(page, Activity.held)


def _member(id: str | None) -> Member | None:
    return Member(id=strawberry.ID(id)) if id else None


def _thanks(said: offers.Thanks | None) -> Thanks | None:
    return Thanks(text=said.text, at=said.at) if said else None


def _of_post(offer: offers.Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in ("schedule", "skills", "occurs_on", "series_id")}


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
    "version",
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
