"""What may be asked of this subgraph at its root."""

from datetime import date

import strawberry
from servicekit.domain import NotFound
from servicekit.graphql import AuditEntry, AuditFilter, Connection, Info, audit_trail, connection
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.scopes import Scope, about_of, asked_for, counted_in, line_scope, scope_of, target_of
from evaluation.api.types.appeals import Appeal, make_appeal
from evaluation.api.types.bulletins import Bulletin, make_bulletin
from evaluation.api.types.facts import LedgerFact, facts
from evaluation.api.types.indicators import IndicatorValue, indicator_value, indicators_of, members_missing
from evaluation.api.types.issues import BulletinIssue, find_issue, make_issue
from evaluation.api.types.members import Member
from evaluation.api.types.schemes import Scheme, Score, find_scheme, make_scheme, make_score
from evaluation.api.types.standings import Standing, standing
from evaluation.api.types.statements import Statement, StatementCheck, check_statement, home_target, make_statement
from evaluation.domain.appeals import AppealStatus
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import About
from evaluation.domain.periods import PeriodKind
from evaluation.domain.statements import StatementKind
from evaluation.storage import appeals, schemes
from evaluation.storage.bulletins import issue_of, page_of
from evaluation.storage.statements import page_of_unit, statement_of


@strawberry.type
class Query:
    @strawberry.field(description="审计记录,由旧到新 / The audit trail of a lane (a county's code), oldest first")
    async def evaluation_audit(
        self,
        info: Info,
        lane: ID,
        filter: AuditFilter | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[AuditEntry]:
        return await audit_trail(info.context, "Query.evaluationAudit", lane, filter, first, after)

    @strawberry.field(
        description="一个区划的一项指标,缺省为本年度 / One indicator of a division, by default of this year"
    )
    async def indicator(
        self, info: Info, id: IndicatorId, division: ID, year: int | None = None, up_to: date | None = None
    ) -> IndicatorValue:
        scope = Scope(asked_for(year, up_to), division)
        counted, _ = await _counted(info, scope)
        return indicator_value(FIGURES[id], scope, counted, info.context.lang)

    @strawberry.field(
        description="一个区划内某条线各单位合计的指标 / Indicators of all units of a line in a division together"
    )
    async def line_indicators(
        self,
        info: Info,
        line: str,
        division: ID,
        year: int | None = None,
        ids: list[IndicatorId] | None = None,
        up_to: date | None = None,
    ) -> list[IndicatorValue]:
        scope = await line_scope(info.context, line, division, asked_for(year, up_to))
        return await indicators_of(info, scope, ids)

    @strawberry.field(
        description="一个区划一年的通报,计至年末或所给日期 / The bulletin of a division up to the year's end or a day"
    )
    async def bulletin(self, info: Info, division: ID, year: int, up_to: date | None = None) -> Bulletin:
        scope = Scope(asked_for(year, up_to), division)
        counted, name = await _counted(info, scope)
        return make_bulletin(name, scope, counted, info.context.lang)

    @strawberry.field(description="一期通报;未发布的仅本级管理员可见 / One issue; unpublished ones for its admins only")
    async def bulletin_issue(self, info: Info, id: ID) -> BulletinIssue | None:
        return await find_issue(info.context, id)

    @strawberry.field(
        description="一个区划、单位或区划内某条线已发布的通报 / "
        "The published issues of a division, a unit, or a line in a division, oldest first"
    )
    async def bulletin_issues(
        self,
        info: Info,
        division: ID | None = None,
        unit: ID | None = None,
        line: str | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[BulletinIssue]:
        about = await about_of(info.context, division, unit, line)
        return await _issues(info, about, drafts=False, first=first, after=after)

    @strawberry.field(description="未发布的通报 / The drafted and frozen issues")
    async def bulletin_drafts(
        self,
        info: Info,
        division: ID | None = None,
        unit: ID | None = None,
        line: str | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[BulletinIssue]:
        about = await about_of(info.context, division, unit, line)
        info.context.require("Query.bulletinDrafts", target_of(about))
        return await _issues(info, about, drafts=True, first=first, after=after)

    @strawberry.field(
        description="一个区划、单位或区划内某条线的得分,按该日所在年、季或月的方案;可指定方案试算 / "
        "What a division, a unit, or a line in a division scores, under the scheme in force for the year, the quarter "
        "or the month that the day is in, or under another"
    )
    async def score(
        self,
        info: Info,
        year: int,
        division: ID | None = None,
        unit: ID | None = None,
        line: str | None = None,
        scheme_id: ID | None = None,
        up_to: date | None = None,
        period: PeriodKind = PeriodKind.YEAR,
    ) -> Score:
        about = await about_of(info.context, division, unit, line)
        scope = await scope_of(info.context, asked_for(year, up_to), about)
        return await make_score(info, scope, scheme_id, period)

    @strawberry.field(description="一份考评方案;草案仅本级管理员可见 / One scheme; drafts for its admins only")
    async def scheme(self, info: Info, id: ID) -> Scheme | None:
        found = await find_scheme(info.context, id)
        return make_scheme(found, info.context.lang) if found else None

    @strawberry.field(
        description="一个区划的考评方案,含草案;可仅取某条线的 / "
        "The schemes of a division, drafts included; with `line` those of a line"
    )
    async def schemes(
        self, info: Info, division: ID, line: str | None = None, first: int = 20, after: str | None = None
    ) -> Connection[Scheme]:
        info.context.require("Query.schemes", Target(division=division, line=line))
        page = await schemes.page_of(info.context.database, division, line, first=first, after=after)
        return connection(page, lambda row: make_scheme(schemes.scheme_of(row), info.context.lang))

    @strawberry.field(
        description="一个区划内的申诉,先提出的在前 / Appeals about what counts in a division, oldest first"
    )
    async def appeals(
        self,
        info: Info,
        division: ID,
        status: AppealStatus = AppealStatus.OPEN,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Appeal]:
        info.context.require("Query.appeals", Target(division=division))
        page = await appeals.page_of_division(info.context.database, division, status, first=first, after=after)
        return connection(page, lambda row: make_appeal(appeals.appeal_of(row)))

    @strawberry.field(description="党员本人提出的申诉 / The appeals that a member filed")
    async def member_appeals(
        self, info: Info, member_id: ID, first: int = 20, after: str | None = None
    ) -> Connection[Appeal]:
        info.context.require("Query.memberAppeals", Target(member=member_id))
        page = await appeals.page_of_member(info.context.database, member_id, first=first, after=after)
        return connection(page, lambda row: make_appeal(appeals.appeal_of(row)))

    @strawberry.field(description="一项指标分子所计的事实 / The facts that an indicator's numerator counts")
    async def facts(
        self,
        info: Info,
        id: IndicatorId,
        division: ID,
        year: int,
        first: int = 20,
        after: str | None = None,
        up_to: date | None = None,
    ) -> Connection[LedgerFact] | None:
        return await facts(info, id, Scope(asked_for(year, up_to), division), first=first, after=after)

    @strawberry.field(
        description="未达到某项比率的党员,按编号排列;单位管理员须指明本单位 / "
        "The members missing from a rate, by their numbers; a unit's admin names the unit"
    )
    async def residual(
        self,
        info: Info,
        id: IndicatorId,
        division: ID,
        year: int | None = None,
        unit: ID | None = None,
        first: int = 20,
        after: str | None = None,
        up_to: date | None = None,
    ) -> Connection[Member] | None:
        scope = Scope(asked_for(year, up_to), division).of_unit(unit)
        return await members_missing(info, id, scope, first=first, after=after)

    @strawberry.field(description="一份评价证明 / One statement, for those concerned")
    async def statement(self, info: Info, id: ID) -> Statement | None:
        found = await info.context.loaders.find(loaders.statements, id)
        return make_statement(found, info.context.lang) if found else None

    @strawberry.field(description="回到本单位的评价证明 / The statements that were returned to a unit")
    async def statements(
        self, info: Info, unit: ID, first: int = 20, after: str | None = None
    ) -> Connection[Statement]:
        info.context.require(
            "Query.statements", await home_target(info.context, StatementKind.UNIT, unit) or Target(unit=unit)
        )
        page = await page_of_unit(info.context.database, unit, first=first, after=after)
        return connection(page, lambda row: make_statement(statement_of(row), info.context.lang))

    @strawberry.field(
        description="公开核验:凭编号查证评价证明及其摘要 / Anybody with a number checks a statement, and its digest"
    )
    async def verify_statement(self, info: Info, number: str, digest: str | None = None) -> StatementCheck | None:
        return await check_statement(info, number, digest)

    @strawberry.field(description="一名党员的年度服务情况 / A member's year of service")
    async def standing(self, info: Info, member_id: ID, year: int) -> Standing | None:
        return await standing(info, member_id, year)


async def _issues(
    info: Info, about: About, *, drafts: bool, first: int, after: str | None
) -> Connection[BulletinIssue]:
    page = await page_of(info.context.database, about, drafts=drafts, first=first, after=after)
    return connection(page, lambda row: make_issue(issue_of(row), info.context.lang))


async def _counted(info: Info, scope: Scope) -> tuple[loaders.Counted, str | None]:
    """What was counted in a division, and its name. Raises NotFound for a code of which nothing was ever heard."""
    counted = await counted_in(info.context, scope)
    fact = await info.context.loaders.find(loaders.division_facts, scope.division)
    if fact is None and not counted.rows:
        raise NotFound(path="division", what_zh="区划", what_en="division", id=scope.division)
    return counted, fact.name if fact else None
