"""Propose projects under agreements."""

from collections.abc import Sequence

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.days import day_of
from service_tracking.domain.person import Person
from service_tracking.domain.project import Project, Proposal
from service_tracking.storage.agreements import agreements_between, in_force
from service_tracking.storage.collections import PROJECTS
from service_tracking.storage.references import sent_before
from service_tracking.use_cases.rows import each


async def propose_projects(work: Work, by: Person, proposals: Sequence[Proposal]) -> list[Project | Refusal]:
    """One outcome a proposal. A reference that the actor used before answers the project proposed then.

    Refused with NoAgreement, InvalidInput.
    """
    references = [proposal.reference for proposal in proposals]
    known = await sent_before(work, Project, PROJECTS, "proposed_by", references)
    agreements = await agreements_between(work, [(one.unit_id, one.community) for one in proposals])

    def propose(proposal: Proposal) -> Project:
        if proposal.reference is not None and proposal.reference in known:
            return known[proposal.reference]
        day = proposal.proposed_on or day_of(work.now)
        agreement = in_force(agreements[proposal.unit_id, proposal.community], day)
        project = Project.propose(proposal, agreement, id=new_id(), by=by.subject, now=work.now)
        work.save(PROJECTS, project)
        if proposal.reference is not None:
            known[proposal.reference] = project
        return project

    return each(proposals, propose)
