"""Papers that communities hold, in the graph: their own lists, and whose a line is where no key could tell."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

import strawberry
from servicekit.domain import NotFound, Refusal
from servicekit.domain.refusals import Language
from servicekit.graphql import Connection, Context, Info, connection, result_union
from servicekit.graphql.refusals import full_path
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.paging import page
from servicekit.storage.work import restore

from registration.api import files
from registration.api.divisions import Community, community
from registration.api.enums import Encoding
from registration.api.members import Member, members_by_id
from registration.api.rosters import FILE_REFUSALS
from registration.api.running import permit
from registration.domain import papers
from registration.domain.papers import NotACandidate, PaperPerson
from registration.domain.people import masked_id_number, masked_name, masked_phone
from registration.storage.collections import PAPERS
from registration.use_cases.decide_match import DecideMatch, decide_match
from registration.use_cases.import_papers import ImportPapers, PapersReport, import_papers

_REPORTED = 100


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


ImportPapersResult = result_union("ImportPapersResult", PapersImport, *FILE_REFUSALS, NotFound)
DecideMatchResult = result_union("DecideMatchResult", Paper, NotACandidate, NotFound)


@strawberry.type
class PaperMutations:
    @strawberry.mutation(graphql_type=ImportPapersResult, description="导入社区自存名单 / Take over a community's list")
    async def import_papers(self, info: Info, input: ImportPapersInput) -> PapersImport:
        vault, may = info.context.resource(Vault), permit(info, "Mutation.importPapers")
        report = await info.context.run(import_papers, input.command(), vault, may)
        return PapersImport.of(report, info.context.lang)

    @strawberry.mutation(graphql_type=DecideMatchResult, description="人工认定 / Say whose paper it is")
    async def decide_match(self, info: Info, input: DecideMatchInput) -> Paper:
        decided = await info.context.run(decide_match, input.command(), permit(info, "Mutation.decideMatch"))
        return Paper.of(decided, info.context.resource(Vault))


@strawberry.type
class PaperQueries:
    @strawberry.field(description="社区自存名单 / A community's own list")
    async def papers(
        self, info: Info, community: strawberry.ID, first: int = 20, after: str | None = None
    ) -> Connection[Paper]:
        info.context.require("Query.papers", Target(division=community))
        shown = await page(info.context.database[PAPERS], {"community_code": community}, first=first, after=after)
        vault = info.context.resource(Vault)
        return connection(shown, lambda one: Paper.of(restore(papers.Paper, one), vault))


async def papers_by_id(context: Context, ids: Sequence[str]) -> dict[str, papers.Paper]:
    found = context.database[PAPERS].find({"_id": {"$in": list(ids)}})
    return {one["_id"]: restore(papers.Paper, one) async for one in found}
