"""Reconciliation in the graph: who is in which state, on which day, and who must act."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

import strawberry
from servicekit.domain import InvalidInput, NotFound
from servicekit.graphql import Connection, Context, Info, connection, result_union, rows_argument, text, text_argument
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Document
from servicekit.storage.paging import page
from servicekit.storage.work import restore

from registration.api import loaders
from registration.api.divisions import Community, community
from registration.api.enums import MatchTier, ReconciliationStatus
from registration.api.members import Member, members_by_id
from registration.api.papers import Paper, papers_by_id
from registration.api.reconciliation_export import export_reconciliation
from registration.api.registrations import Registration
from registration.api.reminders import Reminder
from registration.api.running import permit
from registration.api.units import Unit
from registration.domain import reconciliations
from registration.domain.divisions import parse_code
from registration.domain.reconciliations import RESIDUAL, Scope
from registration.storage import reads
from registration.storage.collections import RECONCILED_LINES, RECONCILIATIONS, REMINDERS
from registration.use_cases.keep_reconciliation import Reconcile
from registration.use_cases.reconcile import reconcile_scope


@strawberry.type
class StatusCount:
    status: ReconciliationStatus
    count: int


@strawberry.type(description="XLSX 文件 / A workbook")
class Workbook:
    file_name: str
    content_base64: str


@strawberry.type(description="疑似人选,score 0-100 / Somebody whom a paper may belong to")
class Candidate:
    score: float
    member_id: strawberry.Private[str]

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        (found,) = await members_by_id(info.context, [self.member_id])
        return found


@strawberry.type(description="比对结果的一行 / A line of a reconciliation")
class ReconciledLine:
    status: ReconciliationStatus
    tier: MatchTier | None
    candidates: list[Candidate]
    policy_target: strawberry.Private[Target]
    line: strawberry.Private[Document]

    @strawberry.field
    async def member(self, info: Info) -> Member | None:
        (found,) = await members_by_id(info.context, [self.line["member_id"]]) if self.line["member_id"] else (None,)
        return found

    @strawberry.field
    async def unit(self, info: Info) -> Unit | None:
        found = await info.context.loaders.find(loaders.units, self.line["unit_id"]) if self.line["unit_id"] else None
        return Unit.of(found) if found else None

    @strawberry.field
    async def registration(self, info: Info) -> Registration | None:
        if self.line["registration_id"] is None:
            return None
        found = await info.context.loaders.find(loaders.registrations, self.line["registration_id"])
        return Registration.of(found, info.context) if found else None

    @strawberry.field(description="报到或交证的社区 / Where the registration or the paper is")
    async def community(self, info: Info) -> Community | None:
        return await community(info.context, self.line["community"]) if self.line["community"] else None

    @strawberry.field
    async def papers(self, info: Info) -> list[Paper]:
        found = await asyncio.gather(*(info.context.loaders.find(papers_by_id, one) for one in self.line["papers"]))
        return [Paper.of(one, info.context.resource(Vault)) for one in found if one]

    @classmethod
    def of(cls, one: Document, context: Context) -> Self:
        at_unit = Target(division=one["division"], unit=one["unit_id"], line=one["line"])
        others = [Target(division=one["place"]), Target(division=one["community"])]
        may = [at for at in (at_unit, *others) if context.permits("ReconciledLine", at)]
        return cls(
            status=ReconciliationStatus(one["status"]),
            tier=MatchTier(one["tier"]) if one["tier"] else None,
            candidates=[Candidate(score=each["score"], member_id=each["member_id"]) for each in one["candidates"]],
            policy_target=may[0] if may else at_unit,
            line=one,
        )


@strawberry.type(description="检索比对 / A reconciliation of rosters, platform and communities")
class Reconciliation:
    id: strawberry.ID
    as_of: date
    made_at: datetime
    roster_lines: int
    counts: list[StatusCount]
    made: strawberry.Private[reconciliations.Reconciliation]

    @property
    def policy_target(self) -> Target:
        return Target(division=self.made.place, unit=self.made.scope.unit, line=self.made.unit_line)

    @strawberry.field(description="各行,可按状态和单位筛选 / Its lines, by status and unit where given")
    async def lines(
        self,
        info: Info,
        first: int = 20,
        after: str | None = None,
        statuses: Annotated[list[ReconciliationStatus] | None, rows_argument(max=8)] = None,
        unit: strawberry.ID | None = None,
    ) -> Connection[ReconciledLine]:
        return await _lines(info.context, self.id, statuses, unit, first, after)

    @strawberry.field(description="未完成人员名单 / The residual: everybody who is not completed")
    async def residual(
        self, info: Info, first: int = 20, after: str | None = None, unit: strawberry.ID | None = None
    ) -> Connection[ReconciledLine]:
        return await _lines(info.context, self.id, RESIDUAL, unit, first, after)

    @strawberry.field(description="导出 XLSX(脱敏)/ As a workbook, masked")
    async def export(self, info: Info) -> Workbook:
        content = await export_reconciliation(info.context, self.made)
        return Workbook(
            file_name=f"比对-{self.as_of.isoformat()}.xlsx", content_base64=base64.b64encode(content).decode()
        )

    @strawberry.field(description="已发的催办 / Reminders that were sent")
    async def reminders(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Reminder]:
        match = {"reconciliation_id": self.id}
        shown = await page(info.context.database[REMINDERS], match, first=first, after=after, sort="unit_id")
        return connection(shown, lambda one: Reminder.of(restore(reconciliations.Reminder, one)))

    @classmethod
    def of(cls, one: reconciliations.Reconciliation) -> Self:
        return cls(
            id=strawberry.ID(one.id),
            as_of=one.as_of,
            made_at=one.made_at,
            roster_lines=one.roster_lines,
            counts=[StatusCount(status=status, count=count) for status, count in one.counts.items()],
            made=one,
        )


@strawberry.input(description="unit,或 division(可限定 line)/ A unit, or a division (and a line within it)")
class ReconcileInput:
    division: strawberry.ID | None = None
    unit: strawberry.ID | None = None
    line: str | None = text(max=40, default=None)
    as_of: date | None = None
    remind_every_days: int | None = None

    def command(self) -> Reconcile:
        scope = Scope(division=self.division, unit=self.unit, line=self.line)
        return Reconcile(scope, self.as_of, self.remind_every_days)


ReconcileResult = result_union("ReconcileResult", Reconciliation, NotFound)


@strawberry.type
class ReconciliationMutations:
    @strawberry.mutation(graphql_type=ReconcileResult, description="检索比对并留存 / Reconcile; the outcome is kept")
    async def reconcile(self, info: Info, input: ReconcileInput) -> Reconciliation:
        vault, may = info.context.resource(Vault), permit(info, "Mutation.reconcile")
        made = await reconcile_scope(info.context.database, info.context.run, input.command(), vault, may)
        return Reconciliation.of(made)


@strawberry.type
class ReconciliationQueries:
    @strawberry.field
    async def reconciliation(self, info: Info, id: strawberry.ID) -> Reconciliation | None:
        found = await info.context.database[RECONCILIATIONS].find_one({"_id": id})
        if found is None:
            return None
        shown = Reconciliation.of(restore(reconciliations.Reconciliation, found))
        info.context.require("Query.reconciliation", shown.policy_target)
        return shown

    @strawberry.field(
        description="对某区划(可限定条线)做过的比对,由旧到新 / Those of a division (and line), oldest first"
    )
    async def reconciliations(
        self,
        info: Info,
        division: strawberry.ID,
        line: Annotated[str, text_argument(max=40)] | None = None,
        first: int = 20,
        after: str | None = None,
    ) -> Connection[Reconciliation]:
        code = parse_code(division, path="division")
        info.context.require("Query.reconciliations", Target(division=code, line=line))
        match = {"place": code, **({"scope.line": line} if line else {})}
        shown = await page(info.context.database[RECONCILIATIONS], match, first=first, after=after)
        return connection(shown, lambda one: Reconciliation.of(restore(reconciliations.Reconciliation, one)))

    @strawberry.field(
        description="最近一次涵盖全单位的比对的未完成人员 / The residual of the newest reconciliation of all of a unit"
    )
    async def unit_residual(
        self, info: Info, unit: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[ReconciledLine]:
        found = await info.context.loaders.find(loaders.units, unit)
        if found is None:
            raise InvalidInput(path="unit", reason_zh="没有该单位", reason_en="no such unit")
        info.context.require("Query.unitResidual", Target(division=found.division, unit=found.id, line=found.line))
        newest = await reads.reconciliation_of_unit(info.context.database, found)
        return await _lines(info.context, newest or "", RESIDUAL, unit, first, after)


async def _lines(
    context: Context,
    made: str,
    statuses: Sequence[ReconciliationStatus] | None,
    unit: str | None,
    first: int,
    after: str | None,
) -> Connection[ReconciledLine]:
    match: dict[str, Any] = {"reconciliation_id": made}
    if statuses is not None:
        match["status"] = {"$in": [one.value for one in statuses]}
    if unit is not None:
        match["unit_id"] = unit
    shown = await page(context.database[RECONCILED_LINES], match, first=first, after=after)
    return connection(shown, lambda one: ReconciledLine.of(one, context))
