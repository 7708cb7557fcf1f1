"""Filing, deciding and withdrawing appeals."""

from decimal import Decimal

import strawberry
from servicekit.domain import InvalidInput, NotFound
from servicekit.graphql import Info, result_union
from servicekit.graphql.inputs import text
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.types.appeals import Appeal, make_appeal
from evaluation.domain import appeals
from evaluation.domain.appeals import APPEALABLE, AppealClosed, AppealExists, OwnAppeal, OwnDecision, Remedy
from evaluation.domain.facts import Kind
from evaluation.use_cases.appeals import decide_appeal, file_appeal, withdraw_appeal


@strawberry.input
class FileAppealInput:
    member_id: ID
    fact_kind: Kind
    fact_id: ID
    remedy: Remedy
    hours: Decimal | None = None
    reason: str = text(max=1_000, min=1)


@strawberry.input
class DecideAppealInput:
    id: ID
    grant: bool
    explanation: str = text(max=1_000, min=1)


@strawberry.input
class WithdrawAppealInput:
    id: ID


FileAppealResult = result_union("FileAppealResult", Appeal, NotFound, AppealExists)
DecideAppealResult = result_union("DecideAppealResult", Appeal, NotFound, AppealClosed, OwnAppeal, OwnDecision)
WithdrawAppealResult = result_union("WithdrawAppealResult", Appeal, NotFound, AppealClosed)


@strawberry.type
class AppealMutations:
    @strawberry.mutation(
        graphql_type=FileAppealResult, description="党员对本人计入情况提出申诉 / A member appeals about the own facts"
    )
    async def file_appeal(self, info: Info, input: FileAppealInput) -> Appeal:
        info.context.require("Mutation.fileAppeal", Target(member=input.member_id))
        if input.fact_kind not in APPEALABLE:
            raise InvalidInput(
                path="input.factKind", reason_zh="此类事实不可申诉", reason_en="not a kind to appeal about"
            )
        asked = (input.member_id, input.fact_kind, input.fact_id, input.remedy, input.hours, input.reason)
        return make_appeal(await info.context.run(file_appeal, *asked))

    @strawberry.mutation(
        graphql_type=DecideAppealResult,
        description="由社区以上机构处理;准予的通知事实所属服务更正 / Decided above the community; the owner corrects",
    )
    async def decide_appeal(self, info: Info, input: DecideAppealInput) -> Appeal:
        appeal = await _appeal(info, input.id)
        info.context.require("Mutation.decideAppeal", Target(division=appeal.seat(loaders.CLOCK.now())))
        return make_appeal(await info.context.run(decide_appeal, input.id, input.grant, input.explanation))

    @strawberry.mutation(graphql_type=WithdrawAppealResult, description="撤回申诉 / Withdraw it")
    async def withdraw_appeal(self, info: Info, input: WithdrawAppealInput) -> Appeal:
        appeal = await _appeal(info, input.id)
        info.context.require("Mutation.withdrawAppeal", Target(member=appeal.member))
        return make_appeal(await info.context.run(withdraw_appeal, input.id))


async def _appeal(info: Info, id: str) -> appeals.Appeal:
    found = await info.context.loaders.find(loaders.appeals, id)
    if found is None:
        raise NotFound(path="input.id", what_zh="申诉", what_en="appeal", id=id)
    return found
