"""The audit trail in the graph: each service gives it a root field of its own name."""

from datetime import UTC, datetime
from typing import Any, Self

import strawberry

from servicekit.graphql.context import Context
from servicekit.graphql.paging import Connection, connection
from servicekit.security import Target
from servicekit.storage.audit import AUDIT, OPEN
from servicekit.storage.paging import page


@strawberry.federation.type(shareable=True, description="个人信息只说明已变 / Of personal data: only that it changed")
class AuditField:
    field: str
    before: str | None = strawberry.field(description="JSON;过长者为摘要 / JSON, or its digest where it is long")
    after: str | None


@strawberry.federation.type(shareable=True)
class AuditChange:
    collection: str
    subject: strawberry.ID
    version: int
    fields: list[AuditField]

    @classmethod
    def of(cls, one: dict[str, Any]) -> Self:
        fields = [AuditField(field=each["field"], before=each["before"], after=each["after"]) for each in one["fields"]]
        return cls(collection=one["collection"], subject=one["subject"], version=one["version"], fields=fields)


@strawberry.federation.type(shareable=True, description="审计记录:谁在何时做了什么 / Who did what, when")
class AuditEntry:
    id: strawberry.ID
    at: datetime
    actor: str
    operation: str
    lane: str
    correlation_id: str
    cause: strawberry.ID | None = strawberry.field(description="引起该变更的事件 / The event that caused it")
    block: int | None = strawberry.field(description="所在链块,未封存时为空 / Its block of the chain, once sealed")
    changes: list[AuditChange]


@strawberry.input(description="时间按记录时刻 / Instants are those of recording; until is exclusive")
class AuditFilter:
    subject: strawberry.ID | None = None
    actor: strawberry.ID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def audit_trail(
    context: Context, key: str, lane: str, filter: AuditFilter | None, first: int, after: str | None
) -> Connection[AuditEntry]:
    """A page of one lane's entries, oldest first; `key` is the policy's key of the root field."""
    context.require(key, Target(division=lane))
    wanted = filter or AuditFilter()
    found = await page(context.database[AUDIT], _match(lane, wanted), first=first, after=after)
    return connection(found, lambda one: _entry(one, wanted.subject))


def _match(lane: str, wanted: AuditFilter) -> dict[str, Any]:
    match: dict[str, Any] = {"lane": lane}
    if wanted.subject is not None:
        match["changes.subject"] = wanted.subject
    if wanted.actor is not None:
        match["actor"] = wanted.actor
    ids = {"$gte": _first_id(wanted.since), "$lt": _first_id(wanted.until)}
    if bounds := {operator: bound for operator, bound in ids.items() if bound is not None}:
        match["_id"] = bounds
    return match


def _first_id(instant: datetime | None) -> str | None:
    """What every UUIDv7 of that millisecond and later is greater than or equal to."""
    if instant is None:
        return None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    digits = f"{max(0, int(aware.timestamp() * 1000)):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def _entry(one: dict[str, Any], subject: str | None) -> AuditEntry:
    """`subject` leaves only the changes of that aggregate: an entry is of everything that was done at once."""
    return AuditEntry(
        id=one["_id"],
        at=one["at"],
        actor=one["actor"],
        operation=one["operation"],
        lane=one["lane"],
        correlation_id=one["correlation_id"],
        cause=one["cause"],
        block=one["block"] if one["block"] != OPEN else None,
        changes=[AuditChange.of(each) for each in one["changes"] if subject in (None, each["subject"])],
    )
