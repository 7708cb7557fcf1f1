"""Issue an evaluation statement of a member or a unit, returned to the home unit."""

import secrets
from datetime import datetime

from servicekit.documents.numbers import RANDOM_BITS
from servicekit.domain import NotFound, new_id
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from evaluation.domain.books import RULES
from evaluation.domain.facts import Kind, local_date
from evaluation.domain.months import AsOf, last_day
from evaluation.domain.standings import Standing, year_of_service
from evaluation.domain.statements import (
    NUMBERS,
    Statement,
    StatementContent,
    StatementKind,
    StatementRow,
    rows_of_person,
    rows_of_unit,
    signed_text,
)
from evaluation.signing import Signer
from evaluation.storage import archive, figures, ledger, standings
from evaluation.storage.collections import STATEMENTS


async def issue_statement(work: Work, kind: StatementKind, subject: str, asked: AsOf, signer: Signer) -> Statement:
    """Raises NotFound for a member on no roster, or a unit of which nothing is known."""
    of = Kind.ROSTER_LINE if kind is StatementKind.PERSON else Kind.UNIT
    home = (await ledger.find(work.database, of, [subject])).get(subject)
    if home is None:
        raise NotFound(path="input", what_zh="党员或单位", what_en="member or unit", id=subject)
    content = await statement_content(work.database, kind, subject, asked, work.now)
    number = NUMBERS.number(home.lane, secrets.randbits(RANDOM_BITS))
    statement = Statement(
        id=new_id(),
        lane=home.lane,
        number=number,
        kind=kind,
        subject=subject,
        unit=home.unit,
        division=home.division,
        year=asked.year,
        content=content,
        digest=content.digest(),
        signature=signer.sign(signed_text(number, content.digest())),
        issued_by=work.actor.subject,
        issued_at=work.now,
    )
    statement.record("statement-issued")
    work.save(STATEMENTS, statement)
    return statement


async def statement_content(
    database: Database, kind: StatementKind, subject: str, asked: AsOf, as_of: datetime
) -> StatementContent:
    """What it says if it is counted now. The caller reads within one instant or transaction."""
    return StatementContent(
        kind=kind,
        subject=subject,
        year=asked.year,
        up_to=min(last_day(asked.month), local_date(as_of)),
        as_of=as_of,
        positions=await archive.positions(database),
        rows=await _rows(database, kind, subject, asked),
        rules=RULES,
    )


async def _rows(database: Database, kind: StatementKind, subject: str, asked: AsOf) -> list[StatementRow]:
    if kind is StatementKind.UNIT:
        return rows_of_unit(await figures.counts_of_units_here(database, [subject], asked), asked.year)
    held = (await standings.of_members(database, [subject])).get(subject)
    return rows_of_person(year_of_service(held or Standing(subject), asked.year))
