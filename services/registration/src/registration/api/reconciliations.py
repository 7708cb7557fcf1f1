"""Reconciliation in the graph: who is in which state, on which day, and who must act."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

import strawberry
from servicekit.domain import InvalidInput, NotFound, Refusal
from servicekit.domain.refusals import Language
from servicekit.graphql import Connection, Context, Info, connection, result_union, rows_argument, text, text_argument
from servicekit.graphql.refusals import full_path
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Document
from servicekit.storage.paging import page
from servicekit.storage.work import restore

from registration.api import files, loaders
from registration.api.enums import Encoding, MatchTier, ReconciliationStatus
from registration.api.reconciliation_export import export_reconciliation
from registration.api.rosters import FILE_REFUSALS
from registration.api.running import permit
from registration.api.types import Community, Member, Registration, Unit, community, members_by_id
from registration.domain import papers, reconciliations
from registration.domain.divisions import parse_code
from registration.domain.papers import PaperPerson
from registration.domain.people import masked_id_number, masked_name, masked_phone
from registration.domain.reconciliations import RESIDUAL, AlreadyReminded, NothingToRemind, Scope
from registration.storage.collections import PAPERS, RECONCILED_LINES, RECONCILIATIONS, REMINDERS
from registration.use_cases.decide_match import DecideMatch, decide_match
from registration.use_cases.import_papers import ImportPapers, PapersReport, import_papers
from registration.use_cases.reconcile import Reconcile, reconcile_scope
from registration.use_cases.remind_unit import RemindUnit, remind_unit

_REPORTED = 100


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


@strawberry.type(description="社区报到记录;个人信息已脱敏 / A line of a community's own list; masked")
class Paper:
    id: strawberry.ID
    name: str
    id_number: str | None
    birth_month: str | None
    phone: str | None
    received_on: date
    decided_at: datetime | None
    paper: strawberry.Private[papers.Paper]

    @property
    def policy_target(self) -> Target:
        return Target(division=self.paper.community_code)

    @strawberry.field
    async def community(self, info: Info) -> Community | None:
        return await community(info.context, self.paper.community_code)

    @strawberry.field(description="人工确认的党员 / Whom a person decided it to be")
    async def member(self, info: Info) -> Member | None:
        (found,) = await members_by_id(info.context, [self.paper.member_id]) if self.paper.member_id else (None,)
        return found

    @classmethod
    def of(cls, one: papers.Paper, vault: Vault) -> Self:
        person = PaperPerson.model_validate_json(vault.open(one.sealed, one.id))
        return cls(
            id=strawberry.ID(one.id),
            name=masked_name(person.name),
            id_number=masked_id_number(person.id_number) if person.id_number else None,
            birth_month=person.birth_month,
            phone=masked_phone(person.phone) if person.phone else None,
            received_on=one.received_on,
            decided_at=one.decided_at,
            paper=one,
        )


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
        found = await asyncio.gather(*(info.context.loaders.find(_papers, one) for one in self.line["papers"]))
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
    async def reminders(self, info: Info, first: int = 20, after: str | None = None) -> "Connection[Reminder]":
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


@strawberry.type(description="催办 / A unit's reminder; sentAt is every time that it was sent")
class Reminder:
    people: int
    sent_at: list[datetime]
    unit_id: strawberry.Private[str]

    @strawberry.field
    async def unit(self, info: Info) -> Unit:
        return Unit.of(await info.context.loaders.load(loaders.units, self.unit_id))

    @classmethod
    def of(cls, one: reconciliations.Reminder) -> Self:
        return cls(people=one.people, sent_at=one.sent_at, unit_id=one.unit_id)


@strawberry.type(description="未收录的一行 / A line that was not taken")
class RefusedLine:
    line: int
    code: str
    message: str
    path: str | None

    @classmethod
    def of(cls, line: int, refusal: Refusal, language: Language) -> Self:
        return cls(line=line, code=refusal.code, message=refusal.message(language), path=full_path(refusal.path, None))


@strawberry.type(description="refused 至多列出 100 行 / refused lists the first 100")
class PapersImport:
    created: int
    known: int
    refused_count: int
    refused: list[RefusedLine]

    @classmethod
    def of(cls, report: PapersReport, language: Language) -> Self:
        shown = sorted(report.refused)[:_REPORTED]
        return cls(
            created=report.created,
            known=report.known,
            refused_count=len(report.refused),
            refused=[RefusedLine.of(number, report.refused[number], language) for number in shown],
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


@strawberry.input(description="社区自存名单:CSV 或 XLSX,至多 5000 行 / A community's own list")
class ImportPapersInput:
    community_code: strawberry.ID
    content_base64: str = files.content()
    encoding: Encoding | None = None

    def command(self) -> ImportPapers:
        return ImportPapers(self.community_code, files.decode(self.content_base64), self.encoding)


@strawberry.input(description="memberId 为空表示撤回认定 / memberId null takes a decision back")
class DecideMatchInput:
    paper_id: strawberry.ID
    member_id: strawberry.ID | None = None

    def command(self) -> DecideMatch:
        return DecideMatch(self.paper_id, self.member_id)


@strawberry.input
class RemindUnitInput:
    reconciliation_id: strawberry.ID
    unit_id: strawberry.ID


ReconcileResult = result_union("ReconcileResult", Reconciliation, NotFound)
ImportPapersResult = result_union("ImportPapersResult", PapersImport, *FILE_REFUSALS, NotFound)
DecideMatchResult = result_union("DecideMatchResult", Paper, NotFound)
RemindUnitResult = result_union("RemindUnitResult", Reminder, NothingToRemind, AlreadyReminded, NotFound)


@strawberry.type
class ReconciliationMutations:
    @strawberry.mutation(graphql_type=ReconcileResult, description="检索比对并留存 / Reconcile; the outcome is kept")
    async def reconcile(self, info: Info, input: ReconcileInput) -> Reconciliation:
        vault, may = info.context.resource(Vault), permit(info, "Mutation.reconcile")
        return Reconciliation.of(await info.context.run(reconcile_scope, input.command(), vault, may))

    @strawberry.mutation(graphql_type=ImportPapersResult, description="导入社区自存名单 / Take over a community's list")
    async def import_papers(self, info: Info, input: ImportPapersInput) -> PapersImport:
        vault, may = info.context.resource(Vault), permit(info, "Mutation.importPapers")
        report = await info.context.run(import_papers, input.command(), vault, may)
        return PapersImport.of(report, info.context.lang)

    @strawberry.mutation(graphql_type=DecideMatchResult, description="人工认定 / Say whose paper it is")
    async def decide_match(self, info: Info, input: DecideMatchInput) -> Paper:
        decided = await info.context.run(decide_match, input.command(), permit(info, "Mutation.decideMatch"))
        return Paper.of(decided, info.context.resource(Vault))

    @strawberry.mutation(graphql_type=RemindUnitResult, description="催办单位 / Remind a unit of its residual")
    async def remind_unit(self, info: Info, input: RemindUnitInput) -> Reminder:
        command = RemindUnit(input.reconciliation_id, input.unit_id)
        return Reminder.of(await info.context.run(remind_unit, command, permit(info, "Mutation.remindUnit")))


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

    @strawberry.field(description="该单位在最近一次比对中的未完成人员 / A unit's residual of the newest reconciliation")
    async def unit_residual(
        self, info: Info, unit: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[ReconciledLine]:
        found = await info.context.loaders.find(loaders.units, unit)
        if found is None:
            raise InvalidInput(path="unit", reason_zh="没有该单位", reason_en="no such unit")
        info.context.require("Query.unitResidual", Target(division=found.division, unit=found.id, line=found.line))
        lines = info.context.database[RECONCILED_LINES]
        newest = await lines.find_one({"unit_id": unit}, {"reconciliation_id": 1}, sort=[("_id", -1)])
        return await _lines(info.context, newest["reconciliation_id"] if newest else "", RESIDUAL, unit, first, after)

    @strawberry.field(description="社区自存名单 / A community's own list")
    async def papers(
        self, info: Info, community: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[Paper]:
        info.context.require("Query.papers", Target(division=community))
        shown = await page(info.context.database[PAPERS], {"community_code": community}, first=first, after=after)
        vault = info.context.resource(Vault)
        return connection(shown, lambda one: Paper.of(restore(papers.Paper, one), vault))


async def _papers(context: Context, ids: Sequence[str]) -> dict[str, papers.Paper]:
    found = context.database[PAPERS].find({"_id": {"$in": list(ids)}})
    return {one["_id"]: restore(papers.Paper, one) async for one in found}


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
