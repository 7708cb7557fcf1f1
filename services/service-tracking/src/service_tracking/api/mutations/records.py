"""Submit, confirm, reject."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import strawberry
from servicekit.domain import Refusal
from servicekit.graphql import Context, Info
from servicekit.security import Target

from service_tracking.api import results
from service_tracking.api.corrections import AskCorrectionInput, DecideCorrectionInput
from service_tracking.api.permitted import member_meant, person, require_one, run_permitted
from service_tracking.api.record_inputs import ConfirmRecordInput, RejectRecordInput, SubmitRecordInput
from service_tracking.api.records import ServiceRecord
from service_tracking.api.targets import Targets, of_confirmed_records, of_new_records, of_records
from service_tracking.domain import record as records
from service_tracking.use_cases.ask_correction import ask_correction
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.decide_correction import decide_correction
from service_tracking.use_cases.reject_records import RejectRecord, reject_records
from service_tracking.use_cases.rows import each, only
from service_tracking.use_cases.submit_records import SubmitRecord, submit_records


@strawberry.type
class RecordMutations:
    @strawberry.mutation(
        graphql_type=results.SubmitRecordResult, description="提交服务记录(本人或代办)/ Submit, yours or a member's"
    )
    async def submit_record(self, info: Info, input: SubmitRecordInput) -> Any:
        return only(await _submit(info.context, "Mutation.submitRecord", [input]))

    @strawberry.mutation(graphql_type=results.SubmitRecordsResult, description="批量提交 / Submit up to 500 records")
    async def submit_records(self, info: Info, inputs: list[SubmitRecordInput]) -> Any:
        return await _submit(info.context, "Mutation.submitRecords", inputs)

    @strawberry.mutation(graphql_type=results.ConfirmRecordResult, description="确认服务记录 / Confirm a record")
    async def confirm_record(self, info: Info, input: ConfirmRecordInput) -> Any:
        return only(await _confirm(info.context, "Mutation.confirmRecord", [input.command()]))

    @strawberry.mutation(graphql_type=results.ConfirmRecordsResult, description="批量确认 / Confirm up to 500 records")
    async def confirm_records(self, info: Info, inputs: list[ConfirmRecordInput]) -> Any:
        return await _confirm(info.context, "Mutation.confirmRecords", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=results.RejectRecordResult, description="退回服务记录 / Reject a record")
    async def reject_record(self, info: Info, input: RejectRecordInput) -> Any:
        return only(await _reject(info.context, "Mutation.rejectRecord", [input.command()]))

    @strawberry.mutation(graphql_type=results.RejectRecordsResult, description="批量退回 / Reject up to 500 records")
    async def reject_records(self, info: Info, inputs: list[RejectRecordInput]) -> Any:
        return await _reject(info.context, "Mutation.rejectRecords", [row.command() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.AskCorrectionResult, description="申请更正已有结论的记录 / Ask to correct a decided record"
    )
    async def ask_correction(self, info: Info, input: AskCorrectionInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.askCorrection", of_records(context, [input.record_id]))
        return ServiceRecord.of(await context.run(ask_correction, person(context), input.command()))

    @strawberry.mutation(
        graphql_type=results.DecideCorrectionResult,
        description="审批更正(须为另一人) / Decide about a correction that somebody else asked for",
    )
    async def decide_correction(self, info: Info, input: DecideCorrectionInput) -> Any:
        context = info.context
        await require_one(context, "Mutation.decideCorrection", of_records(context, [input.record_id]))
        return ServiceRecord.of(await context.run(decide_correction, person(context), input.command()))


async def _submit(context: Context, key: str, inputs: Sequence[SubmitRecordInput]) -> list[ServiceRecord | Refusal]:
    def command(row: SubmitRecordInput) -> SubmitRecord:
        return SubmitRecord(member_meant(context, row.member_id), row.service(), row.claim_id, row.community_code)

    async def run(permitted: Sequence[SubmitRecord]) -> list[ServiceRecord | Refusal]:
        return _presented(await context.run(submit_records, person(context), permitted))

    return await run_permitted(context, key, each(inputs, command), of_new_records, run)


async def _confirm(context: Context, key: str, commands: Sequence[ConfirmRecord]) -> list[ServiceRecord | Refusal]:
    async def run(permitted: Sequence[ConfirmRecord]) -> list[ServiceRecord | Refusal]:
        targets = await _of_confirmed(context, permitted)
        said = [_in_role(context, key, one, target) for one, target in zip(permitted, targets, strict=True)]
        outcomes = _presented(await context.run(confirm_records, person(context), said))
        return [_shown(outcome, target) for outcome, target in zip(outcomes, targets, strict=True)]

    return await run_permitted(context, key, commands, _of_confirmed, run)


def _in_role(context: Context, key: str, command: ConfirmRecord, target: Target | Refusal) -> ConfirmRecord:
    """Who isn't responsible for the place confirms as the activity's organiser."""
    official = isinstance(target, Target) and context.permits(key, Target(division=target.division))
    return command if official else replace(command, as_organiser=True)


def _shown(outcome: ServiceRecord | Refusal, target: Target | Refusal) -> ServiceRecord | Refusal:
    """An organiser sees what it confirmed, whichever unit the member is of."""
    if isinstance(outcome, ServiceRecord) and isinstance(target, Target) and target.unit is not None:
        outcome.policy_target = outcome.policy_target._replace(unit=target.unit)
    return outcome


async def _of_confirmed(context: Context, commands: Sequence[ConfirmRecord]) -> Targets:
    return await of_confirmed_records(context, [command.record_id for command in commands])


async def _reject(context: Context, key: str, commands: Sequence[RejectRecord]) -> list[ServiceRecord | Refusal]:
    async def run(permitted: Sequence[RejectRecord]) -> list[ServiceRecord | Refusal]:
        return _presented(await context.run(reject_records, person(context), permitted))

    return await run_permitted(context, key, commands, _targets, run)


async def _targets(context: Context, commands: Sequence[ConfirmRecord] | Sequence[RejectRecord]) -> Targets:
    return await of_records(context, [command.record_id for command in commands])


def _presented(outcomes: Sequence[records.ServiceRecord | Refusal]) -> list[ServiceRecord | Refusal]:
    return [one if isinstance(one, Refusal) else ServiceRecord.of(one) for one in outcomes]
