"""Report problems and take them further."""

from collections.abc import Sequence
from typing import Any

import strawberry
from servicekit.domain import NotFound, Refusal
from servicekit.graphql import Context, Info, bulk_union, result_union
from servicekit.security import Role

from service_tracking.api import problem_inputs as inputs_
from service_tracking.api.permitted import run_batch
from service_tracking.api.problems import Problem
from service_tracking.api.targets import Targets, of_new_problems, of_problems
from service_tracking.domain import refusals as no
from service_tracking.use_cases.move_problems import MoveProblem, move_problems
from service_tracking.use_cases.report_problems import ReportProblem, report_problems
from service_tracking.use_cases.rows import only

ReportProblemResult = result_union("ReportProblemResult", Problem, no.MemberNotRegistered)
ReportProblemsResult = bulk_union("ReportProblems", ReportProblemResult)
AcceptProblemResult = result_union("AcceptProblemResult", Problem, NotFound, no.StepNotPossible)
AcceptProblemsResult = bulk_union("AcceptProblems", AcceptProblemResult)
DeclineProblemResult = result_union("DeclineProblemResult", Problem, NotFound, no.StepNotPossible)
DeclineProblemsResult = bulk_union("DeclineProblems", DeclineProblemResult)
AssignProblemResult = result_union("AssignProblemResult", Problem, NotFound, no.StepNotPossible)
AssignProblemsResult = bulk_union("AssignProblems", AssignProblemResult)
ResolveProblemResult = result_union("ResolveProblemResult", Problem, NotFound, no.StepNotPossible)
ResolveProblemsResult = bulk_union("ResolveProblems", ResolveProblemResult)
ConfirmProblemResult = result_union(
    "ConfirmProblemResult", Problem, NotFound, no.StepNotPossible, no.OwnResolution, no.NotTheReporter
)
ConfirmProblemsResult = bulk_union("ConfirmProblems", ConfirmProblemResult)
ReopenProblemResult = result_union("ReopenProblemResult", Problem, NotFound, no.StepNotPossible)
ReopenProblemsResult = bulk_union("ReopenProblems", ReopenProblemResult)


@strawberry.type
class ProblemMutations:
    @strawberry.mutation(graphql_type=ReportProblemResult, description="反映问题 / Report a problem")
    async def report_problem(self, info: Info, input: inputs_.ReportProblemInput) -> Any:
        return only(await _report(info.context, "Mutation.reportProblem", [input]))

    @strawberry.mutation(graphql_type=ReportProblemsResult, description="批量反映问题 / Report up to 500 problems")
    async def report_problems(self, info: Info, inputs: list[inputs_.ReportProblemInput]) -> Any:
        return await _report(info.context, "Mutation.reportProblems", inputs)

    @strawberry.mutation(graphql_type=AcceptProblemResult, description="受理 / Accept")
    async def accept_problem(self, info: Info, input: inputs_.AcceptProblemInput) -> Any:
        return only(await _move(info.context, "Mutation.acceptProblem", [input.command()]))

    @strawberry.mutation(graphql_type=AcceptProblemsResult, description="批量受理 / Up to 500")
    async def accept_problems(self, info: Info, inputs: list[inputs_.AcceptProblemInput]) -> Any:
        return await _move(info.context, "Mutation.acceptProblems", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=DeclineProblemResult, description="不予受理 / Decline, with a reason")
    async def decline_problem(self, info: Info, input: inputs_.DeclineProblemInput) -> Any:
        return only(await _move(info.context, "Mutation.declineProblem", [input.command()]))

    @strawberry.mutation(graphql_type=DeclineProblemsResult, description="批量不予受理 / Up to 500")
    async def decline_problems(self, info: Info, inputs: list[inputs_.DeclineProblemInput]) -> Any:
        return await _move(info.context, "Mutation.declineProblems", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=AssignProblemResult, description="交办 / Assign")
    async def assign_problem(self, info: Info, input: inputs_.AssignProblemInput) -> Any:
        return only(await _move(info.context, "Mutation.assignProblem", [input.command()]))

    @strawberry.mutation(graphql_type=AssignProblemsResult, description="批量交办 / Up to 500")
    async def assign_problems(self, info: Info, inputs: list[inputs_.AssignProblemInput]) -> Any:
        return await _move(info.context, "Mutation.assignProblems", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=ResolveProblemResult, description="办结 / Resolve")
    async def resolve_problem(self, info: Info, input: inputs_.ResolveProblemInput) -> Any:
        return only(await _move(info.context, "Mutation.resolveProblem", [input.command()]))

    @strawberry.mutation(graphql_type=ResolveProblemsResult, description="批量办结 / Up to 500")
    async def resolve_problems(self, info: Info, inputs: list[inputs_.ResolveProblemInput]) -> Any:
        return await _move(info.context, "Mutation.resolveProblems", [row.command() for row in inputs])

    @strawberry.mutation(
        graphql_type=ConfirmProblemResult, description="反映人确认已解决 / The reporter confirms that it is solved"
    )
    async def confirm_problem(self, info: Info, input: inputs_.ConfirmProblemInput) -> Any:
        return only(await _move(info.context, "Mutation.confirmProblem", [input.command()]))

    @strawberry.mutation(graphql_type=ConfirmProblemsResult, description="批量反映人确认已解决 / Up to 500")
    async def confirm_problems(self, info: Info, inputs: list[inputs_.ConfirmProblemInput]) -> Any:
        return await _move(info.context, "Mutation.confirmProblems", [row.command() for row in inputs])

    @strawberry.mutation(graphql_type=ReopenProblemResult, description="重新办理 / Reopen")
    async def reopen_problem(self, info: Info, input: inputs_.ReopenProblemInput) -> Any:
        return only(await _move(info.context, "Mutation.reopenProblem", [input.command()]))

    @strawberry.mutation(graphql_type=ReopenProblemsResult, description="批量重新办理 / Up to 500")
    async def reopen_problems(self, info: Info, inputs: list[inputs_.ReopenProblemInput]) -> Any:
        return await _move(info.context, "Mutation.reopenProblems", [row.command() for row in inputs])


async def _report(context: Context, key: str, inputs: Sequence[inputs_.ReportProblemInput]) -> list[Problem | Refusal]:
    own = context.principal.scopes(Role.MEMBER)
    reporter = own[0] if len(own) == 1 else None
    commands = [ReportProblem(row.report(), row.member_id or reporter) for row in inputs]
    return await run_batch(context, key, commands, of_new_problems, report_problems, Problem.of)


async def _move(context: Context, key: str, commands: Sequence[MoveProblem]) -> list[Problem | Refusal]:
    return await run_batch(context, key, commands, _targets, move_problems, Problem.of)


async def _targets(context: Context, commands: Sequence[MoveProblem]) -> Targets:
    return await of_problems(context, [command.problem_id for command in commands])
