"""Say whose paper it is, where no key could tell: a person decides, and may take it back."""

from dataclasses import dataclass

from servicekit.domain import NotPermitted
from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.members import Member
from registration.domain.papers import NotACandidate, Paper, no_such_paper
from registration.domain.reconciling import ReconciliationStatus
from registration.storage.collections import MEMBERS, PAPERS, RECONCILED_LINES, RECONCILIATIONS
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class DecideMatch:
    """`member_id` None takes an earlier decision back."""

    paper_id: str
    member_id: str | None


async def decide_match(work: Work, command: DecideMatch, permit: Permit) -> Paper:
    """Refused: NotFound (the paper), NotACandidate. The next reconciliation goes by it."""
    paper = (await work.load(Paper, PAPERS, [command.paper_id])).get(command.paper_id)
    if paper is None:
        raise no_such_paper(command.paper_id)
    permit(Target(division=paper.community_code))
    if command.member_id is not None:
        await _require_candidate(work, paper, command.member_id, permit)
    paper.decide(command.member_id, work.actor.subject, work.now)
    work.save(PAPERS, paper)
    return paper


async def _require_candidate(work: Work, paper: Paper, member_id: str, permit: Permit) -> None:
    """Whom a reconciliation named for the paper, or of a unit where the decider decides.

    Whether anybody else is a member is not told: the refusal is the same.
    """
    stranger = {"papers": paper.id, "status": ReconciliationStatus.NOT_ON_ROSTER.value}
    named = {**stranger, "candidates.member_id": member_id}
    naming = await work.collection(RECONCILED_LINES).distinct("reconciliation_id", named)
    if await work.collection(RECONCILIATIONS).find_one({"_id": {"$in": naming}}, {"_id": 1}):
        return
    member = (await work.load(Member, MEMBERS, [member_id])).get(member_id)
    try:
        permit(Target(division=member.unit_division) if member else Target())
    except NotPermitted:
        raise NotACandidate(path="member_id", member_id=member_id) from None
