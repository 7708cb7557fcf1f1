"""The facts behind a figure."""

from datetime import date
from decimal import Decimal

import strawberry
from servicekit.graphql import Connection, Info, connection
from servicekit.storage.mongo import Document
from strawberry import ID

from evaluation.api.scopes import FACTS, Scope
from evaluation.api.types.members import Member
from evaluation.domain.facts import Kind
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import IndicatorId
from evaluation.storage.explaining import facts_of


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
    hours: Decimal | None


async def facts(info: Info, id: IndicatorId, scope: Scope, *, first: int, after: str | None) -> Connection[LedgerFact]:
    """The facts that an indicator's numerator counts. Raises NotPermitted."""
    info.context.require(FACTS, scope.target)
    measure, database = FIGURES[id].numerator, info.context.database
    page = await facts_of(
        database, measure, scope.asked, prefix=scope.prefix, units=scope.units, first=first, after=after
    )
    return connection(page, make_fact)


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
        hours=Decimal(row.get("hours", 0)) / 100 if row["kind"] == Kind.SERVICE else None,
    )
