"""Pairings, teams and activities: what they have beyond publishing, claiming and closing."""

from collections.abc import Sequence
from typing import Any

import strawberry
from servicekit.domain import Refusal
from servicekit.graphql import Context, Info

from service_tracking.api import kind_inputs as inputs_
from service_tracking.api import results
from service_tracking.api.claims import Claim
from service_tracking.api.follow_ups import FollowUp
from service_tracking.api.offers import Offer
from service_tracking.api.permitted import require_one, run_batch
from service_tracking.api.targets import Targets, of_activities, of_claims, of_offers
from service_tracking.use_cases.appoint_leader import appoint_leader
from service_tracking.use_cases.cancel_activity import cancel_activity
from service_tracking.use_cases.end_pairings import EndPairing, end_pairings
from service_tracking.use_cases.hand_over_claim import hand_over_claim
from service_tracking.use_cases.hold_activities import HoldActivity, hold_activities
from service_tracking.use_cases.log_follow_ups import LogFollowUp, log_follow_ups
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.take_attendance import TakeAttendance, take_attendance


@strawberry.type
class KindMutations:
    @strawberry.mutation(
        graphql_type=results.AppointLeaderResult, description="任命队长(须为队员) / Appoint the leader, a team member"
    )
    async def appoint_leader(self, info: Info, input: inputs_.AppointLeaderInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.appointLeader", of_offers(context, [input.team_id], path="team_id"))
        return Offer.of(await context.run(appoint_leader, input.command()))

    @strawberry.mutation(graphql_type=results.HoldActivityResult, description="登记活动已举办 / The activity was held")
    async def hold_activity(self, info: Info, input: inputs_.HoldActivityInput) -> Any:
        return only(await _hold(info.context, "Mutation.holdActivity", [input]))

    @strawberry.mutation(graphql_type=results.HoldActivitiesResult, description="批量登记举办 / Up to 500 activities")
    async def hold_activities(self, info: Info, inputs: list[inputs_.HoldActivityInput]) -> Any:
        return await _hold(info.context, "Mutation.holdActivities", inputs)

    @strawberry.mutation(
        graphql_type=results.CancelActivityResult,
        description="取消活动,未结束的认领随即释放 / Cancel; live claims are released",
    )
    async def cancel_activity(self, info: Info, input: inputs_.CancelActivityInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.cancelActivity", of_activities(context, [input.activity_id]))
        return Offer.of(await context.run(cancel_activity, input.activity_id))

    @strawberry.mutation(
        graphql_type=results.RecordAttendanceResult, description="登记出席情况 / Whether a claimant came"
    )
    async def record_attendance(self, info: Info, input: inputs_.RecordAttendanceInput) -> Any:
        return only(await _attend(info.context, "Mutation.recordAttendance", [input]))

    @strawberry.mutation(graphql_type=results.RecordAttendancesResult, description="批量登记出席 / Up to 500 claimants")
    async def record_attendances(self, info: Info, inputs: list[inputs_.RecordAttendanceInput]) -> Any:
        return await _attend(info.context, "Mutation.recordAttendances", inputs)

    @strawberry.mutation(graphql_type=results.EndPairingResult, description="结对完成 / The pairing has done its work")
    async def end_pairing(self, info: Info, input: inputs_.EndPairingInput) -> Any:
        return only(await _end(info.context, "Mutation.endPairing", [input]))

    @strawberry.mutation(graphql_type=results.EndPairingsResult, description="批量结对完成 / Up to 500 pairings")
    async def end_pairings(self, info: Info, inputs: list[inputs_.EndPairingInput]) -> Any:
        return await _end(info.context, "Mutation.endPairings", inputs)

    @strawberry.mutation(
        graphql_type=results.LogFollowUpResult, description="走访记录 / Log a visit or call of a pairing"
    )
    async def log_follow_up(self, info: Info, input: inputs_.LogFollowUpInput) -> Any:
        return only(await _log(info.context, "Mutation.logFollowUp", [input]))

    @strawberry.mutation(graphql_type=results.LogFollowUpsResult, description="批量走访记录 / Log up to 500")
    async def log_follow_ups(self, info: Info, inputs: list[inputs_.LogFollowUpInput]) -> Any:
        return await _log(info.context, "Mutation.logFollowUps", inputs)

    @strawberry.mutation(
        graphql_type=results.HandOverClaimResult,
        description="交接:名额直接转给另一党员 / Hand over: the place passes to another member",
    )
    async def hand_over_claim(self, info: Info, input: inputs_.HandOverClaimInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.handOverClaim", of_claims(context, [input.claim_id]))
        return Claim.of(await context.run(hand_over_claim, input.command()))


async def _hold(context: Context, key: str, inputs: Sequence[inputs_.HoldActivityInput]) -> list[Offer | Refusal]:
    commands = [row.command() for row in inputs]
    return await run_batch(context, key, commands, _of_activities, hold_activities, Offer.of)


async def _attend(context: Context, key: str, inputs: Sequence[inputs_.RecordAttendanceInput]) -> list[Claim | Refusal]:
    return await run_batch(context, key, [row.command() for row in inputs], _of_claims, take_attendance, Claim.of)


async def _end(context: Context, key: str, inputs: Sequence[inputs_.EndPairingInput]) -> list[Claim | Refusal]:
    return await run_batch(context, key, [row.command() for row in inputs], _of_claims, end_pairings, Claim.of)


async def _log(context: Context, key: str, inputs: Sequence[inputs_.LogFollowUpInput]) -> list[FollowUp | Refusal]:
    return await run_batch(context, key, [row.command() for row in inputs], _of_claims, log_follow_ups, FollowUp.of)


async def _of_activities(context: Context, commands: Sequence[HoldActivity]) -> Targets:
    return await of_activities(context, [command.activity_id for command in commands])


async def _of_claims(context: Context, commands: Sequence[TakeAttendance | EndPairing | LogFollowUp]) -> Targets:
    return await of_claims(context, [command.claim_id for command in commands])
