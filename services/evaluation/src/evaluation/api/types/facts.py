"""The facts behind a figure, and those that a rate misses."""

from datetime import date
from decimal import Decimal

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.mongo import Document
from strawberry import ID

from evaluation.api.scopes import FACTS, Scope, counted_in
from evaluation.api.types.members import Member
from evaluation.domain.facts import Kind
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId, Residual, uncovered
from evaluation.storage.explaining import Where, facts_missing, facts_of
from evaluation.storage.ledger import page_of_divisions


@strawberry.type(description="台账中的一条事实 / One thing that is counted, as it stands in the ledger")
class LedgerFact:
    id: ID
    kind: Kind
    version: int
    division: ID
    unit_id: ID | None
    member: Member | None
    on: date = strawberry.field(description="按此日期计入 / The day at which it counts")
    status: str
    name: str | None = strawberry.field(description="区划或单位的名称 / Of a division or a unit")
    hours: Decimal | None
    decided_by: str | None = strawberry.field(
        description="确认或退回该服务的账号 / The account that confirmed or rejected the service"
    )
    corrected_by: str | None = strawberry.field(
        description="最近一次更正的批准账号 / The account that decided about its last correction"
    )


async def facts(info: Info, id: IndicatorId, scope: Scope, *, first: int, after: str | None) -> Connection[LedgerFact]:
    """The facts that an indicator's numerator counts. Raises NotPermitted."""
    info.context.require(FACTS, scope.target)
    page = await facts_of(info.context.database, FIGURES[id].numerator, _where(scope), first=first, after=after)
    return connection(page, make_fact)


async def missing_facts(
    info: Info, id: IndicatorId, scope: Scope, *, first: int, after: str | None
) -> Connection[LedgerFact] | None:
    """A page of what is missing from a rate; None where that are members, or nothing. Raises NotPermitted."""
    info.context.require(FACTS, scope.target)
    indicator, database = FIGURES[id], info.context.database
    if indicator.residual is None or indicator.residual.of_members:
        return None
    if indicator.residual is Residual.NOT_COVERED:
        codes = uncovered(indicator, (await counted_in(info.context, scope)).rows)
        page = await page_of_divisions(database, codes, first=first, after=after)
    else:
        page = await facts_missing(database, indicator, _where(scope), first=first, after=after)
    return connection(page, make_fact)


def _where(scope: Scope) -> Where:
    return Where(scope.asked, scope.prefix, scope.units)


def make_fact(row: Document) -> LedgerFact:
    return LedgerFact(
        id=ID(row["id"]),
        kind=Kind(row["kind"]),
        version=row["version"],
        division=ID(row["division"]),
        unit_id=ID(row["unit"]) if row.get("unit") else None,
        member=Member(id=ID(row["member"])) if row.get("member") else None,
        on=date.fromisoformat(row["on"]),
        status=row.get("status", ""),
        name=row.get("name"),
        hours=Decimal(row.get("hours", 0)) / 100 if row["kind"] == Kind.SERVICE else None,
        decided_by=row.get("decider"),
        corrected_by=row.get("corrector"),
    )
