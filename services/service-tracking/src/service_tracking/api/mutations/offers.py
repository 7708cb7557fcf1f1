"""Publish, edit and close."""

from collections.abc import Sequence
from typing import Any

import strawberry
from servicekit.domain import Refusal
from servicekit.graphql import Context, Info
from servicekit.security import Target
from servicekit.security.vault import Vault

from service_tracking.api import results
from service_tracking.api.offer_inputs import (
    CloseOfferInput,
    EditOfferInput,
    FormTeamInput,
    PublishPairingNeedInput,
    PublishPostInput,
    PublishWishInput,
    ScheduleActivityInput,
    ThankForWishInput,
)
from service_tracking.api.offers import Offer
from service_tracking.api.permitted import require_one, run_permitted
from service_tracking.api.targets import Targets, of_offers
from service_tracking.domain.offer import OfferDraft
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.edit_offer import edit_offer
from service_tracking.use_cases.publish_offers import publish_offers
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.thank_for_wish import ThankForWish, thank_for_wish


@strawberry.type
class OfferMutations:
    @strawberry.mutation(graphql_type=results.PublishPostResult, description="发布岗位 / Publish a post")
    async def publish_post(self, info: Info, input: PublishPostInput) -> Any:
        return only(await _publish(info.context, "Mutation.publishPost", [input.draft()]))

    @strawberry.mutation(graphql_type=results.PublishPostsResult, description="批量发布岗位 / Publish up to 500 posts")
    async def publish_posts(self, info: Info, inputs: list[PublishPostInput]) -> Any:
        return await _publish(info.context, "Mutation.publishPosts", [row.draft() for row in inputs])

    @strawberry.mutation(graphql_type=results.PublishWishResult, description="发布微心愿 / Publish a wish")
    async def publish_wish(self, info: Info, input: PublishWishInput) -> Any:
        return only(await _publish(info.context, "Mutation.publishWish", [input.draft()]))

    @strawberry.mutation(
        graphql_type=results.PublishWishesResult, description="批量发布微心愿 / Publish up to 500 wishes"
    )
    async def publish_wishes(self, info: Info, inputs: list[PublishWishInput]) -> Any:
        return await _publish(info.context, "Mutation.publishWishes", [row.draft() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.PublishPairingNeedResult, description="发布结对需求 / Publish the need of a household"
    )
    async def publish_pairing_need(self, info: Info, input: PublishPairingNeedInput) -> Any:
        return only(await _publish(info.context, "Mutation.publishPairingNeed", [input.draft()]))

    @strawberry.mutation(
        graphql_type=results.PublishPairingNeedsResult, description="批量发布结对需求 / Publish up to 500 needs"
    )
    async def publish_pairing_needs(self, info: Info, inputs: list[PublishPairingNeedInput]) -> Any:
        return await _publish(info.context, "Mutation.publishPairingNeeds", [row.draft() for row in inputs])

    @strawberry.mutation(graphql_type=results.FormTeamResult, description="组建服务队 / Form a standing team")
    async def form_team(self, info: Info, input: FormTeamInput) -> Any:
        return only(await _publish(info.context, "Mutation.formTeam", [input.draft()]))

    @strawberry.mutation(graphql_type=results.FormTeamsResult, description="批量组建服务队 / Form up to 500 teams")
    async def form_teams(self, info: Info, inputs: list[FormTeamInput]) -> Any:
        return await _publish(info.context, "Mutation.formTeams", [row.draft() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.ScheduleActivityResult,
        description="安排活动;单位的集体活动须有有效协议 / Schedule an activity; a unit's needs an agreement in force",
    )
    async def schedule_activity(self, info: Info, input: ScheduleActivityInput) -> Any:
        return only(await _publish(info.context, "Mutation.scheduleActivity", [input.draft()]))

    @strawberry.mutation(
        graphql_type=results.ScheduleActivitiesResult, description="批量安排活动 / Schedule up to 500 activities"
    )
    async def schedule_activities(self, info: Info, inputs: list[ScheduleActivityInput]) -> Any:
        return await _publish(info.context, "Mutation.scheduleActivities", [row.draft() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.EditOfferResult,
        description="修改:认领不受影响,增加的名额先给排队的人 / Edit: claims stay, more places go to who waits",
    )
    async def edit_offer(self, info: Info, input: EditOfferInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.editOffer", of_offers(context, [input.offer_id]))
        return Offer.of(await context.run(edit_offer, context.resource(Vault), input.command()))

    @strawberry.mutation(
        graphql_type=results.CloseOfferResult,
        description="关闭:不再接受认领,已通过的认领不变 / Close: no more claims; what was approved stands",
    )
    async def close_offer(self, info: Info, input: CloseOfferInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.closeOffer", of_offers(context, [input.offer_id]))
        return Offer.of(await context.run(close_offer, input.offer_id))

    @strawberry.mutation(
        graphql_type=results.ThankForWishResult,
        description="记录受助人对已实现心愿的感谢 / Write down the thanks for a wish that came true",
    )
    async def thank_for_wish(self, info: Info, input: ThankForWishInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.thankForWish", of_offers(context, [input.offer_id]))
        command = ThankForWish(input.offer_id, input.text)
        return Offer.of(await context.run(thank_for_wish, context.resource(Vault), command))


async def _publish(context: Context, key: str, drafts: Sequence[OfferDraft]) -> list[Offer | Refusal]:
    async def run(permitted: Sequence[OfferDraft]) -> list[Offer | Refusal]:
        outcomes = await context.run(publish_offers, permitted)
        return [one if isinstance(one, Refusal) else Offer.of(one) for one in outcomes]

    return await run_permitted(context, key, drafts, _communities, run)


async def _communities(_context: Context, drafts: Sequence[OfferDraft]) -> Targets:
    return [Target(draft.community, draft.occasion.unit_id if draft.occasion else None) for draft in drafts]
