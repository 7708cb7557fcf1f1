"""Say whose paper it is, where no key could tell: a person decides, and may take it back."""

from dataclasses import dataclass

from servicekit.security import Target
from servicekit.storage.work import Work

from registration.domain.members import Member, no_such_member
from registration.domain.papers import Paper, no_such_paper
from registration.storage.collections import MEMBERS, PAPERS
from registration.use_cases.batches import Permit


@dataclass(frozen=True, slots=True)
class DecideMatch:
    """`member_id` None takes an earlier decision back."""

    paper_id: str
    member_id: str | None


async def decide_match(work: Work, command: DecideMatch, permit: Permit) -> Paper:
    """Refused: NotFound. The next reconciliation goes by it."""
    paper = (await work.load(Paper, PAPERS, [command.paper_id])).get(command.paper_id)
    if paper is None:
        raise no_such_paper(command.paper_id)
    permit(Target(division=paper.community_code))
    if command.member_id is not None and command.member_id not in await work.load(Member, MEMBERS, [command.member_id]):
        raise no_such_member(command.member_id)
    paper.decide(command.member_id, work.actor.subject, work.now)
    work.save(PAPERS, paper)
    return paper
