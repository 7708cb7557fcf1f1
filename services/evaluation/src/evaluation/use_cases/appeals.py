"""File, decide, withdraw and escalate appeals."""

from decimal import Decimal

from servicekit.domain import NotFound, new_id
from servicekit.storage.work import Work

from evaluation.domain import appeals as domain
from evaluation.domain.appeals import Appeal, AppealExists, Remedy
from evaluation.domain.facts import Kind
from evaluation.storage import appeals, ledger
from evaluation.storage.collections import APPEALS

BATCH = 200


async def file_appeal(
    work: Work, member: str, kind: Kind, fact_id: str, remedy: Remedy, hours: Decimal | None, reason: str
) -> Appeal:
    """About a fact of the member's own. Raises NotFound, AppealExists, InvalidInput."""
    fact = (await ledger.find(work.database, kind, [fact_id])).get(fact_id)
    if fact is None or fact.member != member:
        raise NotFound(path="input.factId", what_zh="事实", what_en="fact", id=fact_id)
    if existing := await appeals.about(work, fact):
        raise AppealExists(appeal_id=existing.id)
    appeal = domain.file(fact, remedy, hours, reason, id=new_id(), now=work.now, by=work.actor.subject)
    work.save(APPEALS, appeal)
    return appeal


async def decide_appeal(work: Work, id: str, grant: bool, explanation: str) -> Appeal:
    """A granted one is told as an event to the service that owns the fact.

    Raises NotFound, AppealClosed, OwnAppeal, OwnDecision.
    """
    appeal = await _load(work, id)
    appeal.decide(grant, explanation, work.now, work.actor.subject)
    work.save(APPEALS, appeal)
    return appeal


async def escalate_appeals(work: Work) -> int:
    """A batch of those whose time is over: each is told once. How many it were."""
    overdue = await appeals.newly_overdue(work, BATCH)
    for appeal in overdue:
        appeal.escalate(work.now)
        work.save(APPEALS, appeal)
    return len(overdue)


async def withdraw_appeal(work: Work, id: str) -> Appeal:
    """Raises NotFound, AppealClosed."""
    appeal = await _load(work, id)
    appeal.withdraw(work.now, work.actor.subject)
    work.save(APPEALS, appeal)
    return appeal


async def _load(work: Work, id: str) -> Appeal:
    found = (await work.load(Appeal, APPEALS, [id])).get(id)
    if found is None:
        raise NotFound(path="input.id", what_zh="申诉", what_en="appeal", id=id)
    return found
