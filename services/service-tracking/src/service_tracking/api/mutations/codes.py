"""Issue one-time codes, and confirm by them."""

from collections.abc import Sequence
from typing import Any

import strawberry
from servicekit.domain import Refusal
from servicekit.graphql import Context, Info
from servicekit.security.vault import Vault

from service_tracking.api import results
from service_tracking.api.confirmation_codes import (
    ConfirmByCodeInput,
    IssueConfirmationCodeInput,
    IssuedConfirmationCode,
)
from service_tracking.api.permitted import person, run_permitted
from service_tracking.api.records import ServiceRecord
from service_tracking.api.targets import Targets, of_claims, of_records
from service_tracking.use_cases.confirm_by_codes import ConfirmByCode, confirm_by_codes
from service_tracking.use_cases.issue_codes import IssueCode, issue_codes
from service_tracking.use_cases.rows import only


@strawberry.type
class CodeMutations:
    @strawberry.mutation(
        graphql_type=results.IssueConfirmationCodeResult,
        description="为受助人发放一次性确认码 / Issue a beneficiary's one-time code",
    )
    async def issue_confirmation_code(self, info: Info, input: IssueConfirmationCodeInput) -> Any:
        return only(await _issue(info.context, "Mutation.issueConfirmationCode", [input.command()]))

    @strawberry.mutation(
        graphql_type=results.IssueConfirmationCodesResult, description="批量发放确认码 / Issue up to 500 codes"
    )
    async def issue_confirmation_codes(self, info: Info, inputs: list[IssueConfirmationCodeInput]) -> Any:
        return await _issue(info.context, "Mutation.issueConfirmationCodes", [row.command() for row in inputs])

    @strawberry.mutation(
        graphql_type=results.ConfirmByCodeResult,
        description="凭受助人的确认码确认服务 / Confirm a record by the beneficiary's code",
    )
    async def confirm_by_code(self, info: Info, input: ConfirmByCodeInput) -> Any:
        return only(await _confirm(info.context, "Mutation.confirmByCode", [input.command()]))

    @strawberry.mutation(
        graphql_type=results.ConfirmByCodesResult, description="批量凭码确认 / Confirm up to 500 records by codes"
    )
    async def confirm_by_codes(self, info: Info, inputs: list[ConfirmByCodeInput]) -> Any:
        return await _confirm(info.context, "Mutation.confirmByCodes", [row.command() for row in inputs])


async def _issue(context: Context, key: str, commands: Sequence[IssueCode]) -> list[IssuedConfirmationCode | Refusal]:
    async def run(permitted: Sequence[IssueCode]) -> list[IssuedConfirmationCode | Refusal]:
        outcomes = await context.run(issue_codes, person(context), context.resource(Vault), permitted)
        return [one if isinstance(one, Refusal) else IssuedConfirmationCode.of(one) for one in outcomes]

    return await run_permitted(context, key, commands, _about, run)


async def _confirm(context: Context, key: str, commands: Sequence[ConfirmByCode]) -> list[ServiceRecord | Refusal]:
    async def run(permitted: Sequence[ConfirmByCode]) -> list[ServiceRecord | Refusal]:
        outcomes = await context.run(confirm_by_codes, context.resource(Vault), permitted)
        return [one if isinstance(one, Refusal) else ServiceRecord.of(one) for one in outcomes]

    return await run_permitted(context, key, commands, _records, run)


async def _about(context: Context, commands: Sequence[IssueCode]) -> Targets:
    claim_ids = [one.claim_id for one in commands if one.claim_id]
    record_ids = [one.record_id for one in commands if not one.claim_id]
    claims, records = await of_claims(context, claim_ids), await of_records(context, [id or "" for id in record_ids])
    by_claim, by_record = iter(claims), iter(records)
    return [next(by_claim if one.claim_id else by_record) for one in commands]


async def _records(context: Context, commands: Sequence[ConfirmByCode]) -> Targets:
    return await of_records(context, [command.record_id for command in commands])
