"""Issuing evaluation statements."""

import strawberry
from servicekit.domain import InvalidInput, NotFound
from servicekit.graphql import Info, result_union
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.scopes import asked_for
from evaluation.api.types.statements import Statement, home_target, make_statement
from evaluation.domain.months import FIRST_YEAR, AsOf
from evaluation.domain.statements import StatementKind
from evaluation.signing import Signer
from evaluation.use_cases.statements import issue_statement


@strawberry.input(description="党员或单位,二者给其一 / Of a member or of a unit: one of the two")
class IssueStatementInput:
    member_id: ID | None = None
    unit_id: ID | None = None
    year: int


IssueStatementResult = result_union("IssueStatementResult", Statement, NotFound)


@strawberry.type
class StatementMutations:
    @strawberry.mutation(
        graphql_type=IssueStatementResult,
        description="出具年度评价证明,编号、签名并回单位存档 / Issue the statement of a year",
    )
    async def issue_statement(self, info: Info, input: IssueStatementInput) -> Statement:
        kind, subject = _subject(input)
        target = await home_target(info.context, kind, subject)
        if target is None:
            raise NotFound(path="input", what_zh="党员或单位", what_en="member or unit", id=subject)
        info.context.require("Mutation.issueStatement", target)
        signer = info.context.resource(Signer)
        made = await info.context.run(issue_statement, kind, subject, _asked(input.year), signer)
        return make_statement(made, info.context.lang)


def _asked(year: int) -> AsOf:
    """Raises InvalidInput for a year of which there is nothing to state yet."""
    this_year = loaders.today().year
    if not FIRST_YEAR <= year <= this_year:
        raise InvalidInput(
            path="input.year",
            reason_zh=f"年份应在 {FIRST_YEAR} 至 {this_year} 之间",
            reason_en=f"a year from {FIRST_YEAR} to {this_year}",
        )
    return asked_for(year, None)


def _subject(input: IssueStatementInput) -> tuple[StatementKind, str]:
    if (input.member_id is None) == (input.unit_id is None):
        raise InvalidInput(
            path="input.memberId", reason_zh="党员与单位须且只能给出一个", reason_en="give a member or a unit"
        )
    if input.member_id is not None:
        return StatementKind.PERSON, input.member_id
    return StatementKind.UNIT, str(input.unit_id)
