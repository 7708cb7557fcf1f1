"""Posts that recur: publish and end."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from servicekit.domain import NotFound, Refusal, TooManyRows
from servicekit.graphql import Context, Info, bulk_union, result_union, rows_argument
from servicekit.security import Target

from service_tracking.api.offer_inputs import EndRecurringPostInput, PublishRecurringPostInput
from service_tracking.api.permitted import require_one, run_batch
from service_tracking.api.series import RecurringPost
from service_tracking.api.targets import Targets, of_series
from service_tracking.domain.refusals import StepNotPossible
from service_tracking.domain.series import SeriesDraft
from service_tracking.use_cases.end_series import end_series
from service_tracking.use_cases.publish_series import publish_series
from service_tracking.use_cases.rows import only

PublishRecurringPostResult = result_union("PublishRecurringPostResult", RecurringPost, TooManyRows)
PublishRecurringPostsResult = bulk_union("PublishRecurringPosts", PublishRecurringPostResult)
EndRecurringPostResult = result_union("EndRecurringPostResult", RecurringPost, NotFound, StepNotPossible)


@strawberry.type
class SeriesMutations:
    @strawberry.mutation(
        graphql_type=PublishRecurringPostResult, description="发布周期岗位 / Publish a post that recurs"
    )
    async def publish_recurring_post(self, info: Info, input: PublishRecurringPostInput) -> Any:
        return only(await _publish(info.context, "Mutation.publishRecurringPost", [input]))

    @strawberry.mutation(
        graphql_type=PublishRecurringPostsResult,
        description="批量发布,至多 20 项:每项即发布八周的岗位 / Up to 20 of them, each eight weeks of posts at once",
    )
    async def publish_recurring_posts(
        self, info: Info, inputs: Annotated[list[PublishRecurringPostInput], rows_argument(max=20)]
    ) -> Any:
        return await _publish(info.context, "Mutation.publishRecurringPosts", inputs)

    @strawberry.mutation(
        graphql_type=EndRecurringPostResult,
        description="结束周期岗位:今后各次关闭,认领释放 / Its posts after today close, their claims are released",
    )
    async def end_recurring_post(self, info: Info, input: EndRecurringPostInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.endRecurringPost", of_series(context, [input.id]))
        return RecurringPost.of(await context.run(end_series, input.id))


async def _publish(
    context: Context, key: str, inputs: Sequence[PublishRecurringPostInput]
) -> list[RecurringPost | Refusal]:
    drafts = [row.draft() for row in inputs]
    return await run_batch(context, key, drafts, _communities, publish_series, RecurringPost.of)


async def _communities(_context: Context, drafts: Sequence[SeriesDraft]) -> Targets:
    return [Target(draft.post.community) for draft in drafts]
