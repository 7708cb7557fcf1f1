"""Draw samples, and record what the second check found."""

from typing import Any

import strawberry
from servicekit.graphql import Info
from servicekit.security import Target

from service_tracking.api import results
from service_tracking.api.permitted import person, require_one
from service_tracking.api.samples import CheckSampledRecordInput, DrawSampleInput, Sample, SampledRecord
from service_tracking.api.targets import of_sampled
from service_tracking.use_cases.check_sampled import check_sampled
from service_tracking.use_cases.draw_sample import draw_sample


@strawberry.type
class SampleMutations:
    @strawberry.mutation(
        graphql_type=results.DrawSampleResult,
        description="抽查已确认的记录;同样的参数得到同样的样本 / Draw confirmed records for a second check",
    )
    async def draw_sample(self, info: Info, input: DrawSampleInput) -> Any:
        info.context.require("Mutation.drawSample", Target(division=input.division_code))
        return Sample.of(await info.context.run(draw_sample, input.command()))

    @strawberry.mutation(
        graphql_type=results.CheckSampledRecordResult,
        description="登记抽查结果(须为另一人) / What the second check found; by somebody else than who confirmed",
    )
    async def check_sampled_record(self, info: Info, input: CheckSampledRecordInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.checkSampledRecord", of_sampled(context, [input.sampled_id]))
        return SampledRecord.of(await context.run(check_sampled, person(context), input.command()))
