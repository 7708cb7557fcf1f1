"""Take over a community's own list of who came. Sending it again changes nothing."""

import asyncio
from dataclasses import dataclass, field
from datetime import date

from servicekit.domain import Refusal, new_id
from servicekit.security import Target
from servicekit.security.vault import Vault
from servicekit.storage.work import Work

from registration.domain.calendar import city_date
from registration.domain.divisions import Division, check_community_code, lane_of, no_such_division
from registration.domain.papers import COLUMNS, Paper, PaperRow, check_paper
from registration.domain.tables import Encoding, read_table
from registration.storage.collections import DIVISIONS, PAPERS
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class ImportPapers:
    community_code: str
    content: bytes
    encoding: Encoding | None = None


@dataclass(slots=True)
class PapersReport:
    created: int = 0
    known: int = 0
    refused: dict[int, Refusal] = field(default_factory=dict)


async def import_papers(work: Work, command: ImportPapers, vault: Vault, permit: Permit) -> PapersReport:
    """Good lines are taken, the others reported. Refused: what `read_table` refuses, NotFound."""
    code = check_community_code(command.community_code, path="community_code")
    permit(Target(division=code))
    if code not in await work.load(Division, DIVISIONS, [code]):
        raise no_such_division(code, path="community_code")
    report = PapersReport()
    rows = await asyncio.to_thread(_rows, command, city_date(work.now), report)
    papers = {paper.entry_key: paper for paper in (_paper(row, code, vault) for row in rows)}
    known = work.collection(PAPERS).find({"community_code": code, "entry_key": {"$in": list(papers)}}, {"entry_key": 1})
    for key in [one["entry_key"] async for one in known]:
        del papers[key]
    for paper in papers.values():
        work.save(PAPERS, paper)
    report.created, report.known = len(papers), len(rows) - len(papers)
    return report


def _rows(command: ImportPapers, today: date, report: PapersReport) -> list[PaperRow]:
    rows = []
    for line in read_table(command.content, COLUMNS, command.encoding).lines:
        try:
            rows.append(check_paper(line, today))
        except Refusal as refusal:
            report.refused[line.number] = refusal
    return rows


def _paper(row: PaperRow, community: str, vault: Vault) -> Paper:
    person = row.person
    paper_id = new_id()
    told = person.id_number or f"{person.name}|{person.birth_month}|{person.phone}"
    return Paper(
        id=paper_id,
        lane=lane_of(community),
        community_code=community,
        sealed=vault.seal(person.model_dump_json(), paper_id),
        entry_key=vault.blind_index(f"paper|{told}"),
        id_index=vault.blind_index(person.id_number) if person.id_number else None,
        received_on=row.received_on,
    )
