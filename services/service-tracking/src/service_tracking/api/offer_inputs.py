"""What publishing offers of every kind takes."""

from datetime import date
from typing import Any, cast

import strawberry
from servicekit.graphql import rows, text

from service_tracking.domain.offer import MOST_SKILLS, ActivityMode, Occasion, OfferDraft, OfferKind
from service_tracking.domain.offer_edit import OfferChanges
from service_tracking.domain.series import SeriesDraft
from service_tracking.use_cases.edit_offer import EditOffer

COLLECTIVE = "集体活动的单位,须与该社区有有效协议 / The unit of a collective activity; it needs an agreement in force"


@strawberry.input
class DescribedInput:
    """What is published says this."""

    community_code: strawberry.ID
    title: str = text(max=100)
    description: str = text(max=2_000, default="")
    auto_approve: bool = False
    reference: str | None = text(max=100, min=1, default=None)


@strawberry.input
class OfferInput(DescribedInput):
    """What every offer says."""

    opens_on: date | None = strawberry.field(default=None, description="不填则为今天 / Left out: today")
    closes_on: date | None = None

    def draft_of(self, kind: OfferKind, **besides: Any) -> OfferDraft:
        return OfferDraft(
            kind=kind,
            community=self.community_code,
            title=self.title,
            description=self.description,
            auto_approve=self.auto_approve,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            reference=self.reference,
            **besides,
        )


@strawberry.input
class PublishPostInput(OfferInput):
    capacity: int
    schedule: str = text(max=200, default="")
    skills: list[str] = rows(max=MOST_SKILLS, default=())

    def draft(self) -> OfferDraft:
        return self.draft_of(OfferKind.POST, capacity=self.capacity, schedule=self.schedule, skills=self.skills)


@strawberry.input(
    description="每次各为一个岗位,提前八周发布 / Each day is a post of its own, published eight weeks ahead"
)
class PublishRecurringPostInput(DescribedInput):
    capacity: int = strawberry.field(description="每次的名额 / Places of each post")
    recurrence: str = text(max=200)
    starts_on: date
    schedule: str = text(max=200, default="")
    skills: list[str] = rows(max=MOST_SKILLS, default=())

    def draft(self) -> SeriesDraft:
        post = OfferDraft(
            kind=OfferKind.POST,
            community=self.community_code,
            title=self.title,
            description=self.description,
            schedule=self.schedule,
            skills=self.skills,
            capacity=self.capacity,
            auto_approve=self.auto_approve,
            reference=self.reference,
        )
        return SeriesDraft(post, self.recurrence, self.starts_on)


@strawberry.input
class EndRecurringPostInput:
    id: strawberry.ID


@strawberry.input
class PublishWishInput(OfferInput):
    def draft(self) -> OfferDraft:
        return self.draft_of(OfferKind.WISH)


@strawberry.input
class PublishPairingNeedInput(OfferInput):
    def draft(self) -> OfferDraft:
        return self.draft_of(OfferKind.PAIRING)


@strawberry.input
class FormTeamInput(OfferInput):
    capacity: int
    leader_id: strawberry.ID | None = strawberry.field(
        default=None, description="队长,随即成为第一名队员 / The leader becomes its first member"
    )

    def draft(self) -> OfferDraft:
        return self.draft_of(OfferKind.TEAM, capacity=self.capacity, leader_id=self.leader_id)


@strawberry.input
class ScheduleActivityInput(OfferInput):
    planned_on: date
    place: str = text(max=200)
    mode: ActivityMode
    capacity: int
    unit_id: strawberry.ID | None = strawberry.field(default=None, description=COLLECTIVE)

    def draft(self) -> OfferDraft:
        occasion = Occasion(self.planned_on, self.place, self.mode, self.unit_id)
        return self.draft_of(OfferKind.ACTIVITY, capacity=self.capacity, occasion=occasion)


@strawberry.input
class CloseOfferInput:
    offer_id: strawberry.ID


@strawberry.input(description="感谢是公开的,不得透露受助人身份 / It is public: nothing in it may tell who was helped")
class ThankForWishInput:
    offer_id: strawberry.ID
    text: str = text(max=500, min=1)


@strawberry.input(description="未填的内容不变 / What is left out stays as it is")
class EditOfferInput:
    offer_id: strawberry.ID
    version: int = strawberry.field(description="所见的版本 / The version that you saw")
    title: str | None = text(max=100, default=None)
    description: str | None = text(max=2_000, default=None)
    schedule: str | None = text(max=200, default=None)
    skills: list[str] | None = rows(max=MOST_SKILLS, default=None)
    capacity: int | None = None
    auto_approve: bool | None = None
    opens_on: date | None = None
    closes_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="null 表示不设截止日期 / null: no last day"
    )
    planned_on: date | None = None
    place: str | None = text(max=200, default=None)
    mode: ActivityMode | None = None

    def command(self) -> EditOffer:
        told = {name: getattr(self, name) for name in OfferChanges.__annotations__}
        left_out = {name: strawberry.UNSET if name == "closes_on" else None for name in told}
        changes = {name: value for name, value in told.items() if value is not left_out[name]}
        return EditOffer(self.offer_id, self.version, cast(OfferChanges, changes))
