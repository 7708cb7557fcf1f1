"""Enter support into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.days import day_of
from service_tracking.domain.person import Person
from service_tracking.domain.project import Project
from service_tracking.domain.support import Gift, Support
from service_tracking.storage.agreements import agreements_between, in_force
from service_tracking.storage.collections import PROJECTS, SUPPORTS
from service_tracking.storage.references import sent_before
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class RecordSupport:
    """`project_id`: the project that it was given for, if for one."""

    gift: Gift
    project_id: str | None = None


async def record_supports(work: Work, by: Person, commands: Sequence[RecordSupport]) -> list[Support | Refusal]:
    """One outcome a command. A reference that the actor used before answers the entry made then.

    Refused with NotFound, NoAgreement, NotOfThisAgreement, InvalidInput.
    """
    references = [command.gift.reference for command in commands]
    known = await sent_before(work, Support, SUPPORTS, "recorded_by", references)
    agreements = await agreements_between(work, [(one.gift.unit_id, one.gift.community) for one in commands])
    named = [command.project_id for command in commands if command.project_id]
    projects = await work.load(Project, PROJECTS, named) if named else {}

    def give(command: RecordSupport) -> Support:
        gift = command.gift
        if gift.reference is not None and gift.reference in known:
            return known[gift.reference]
        agreement = in_force(agreements[gift.unit_id, gift.community], gift.given_on or day_of(work.now))
        project = _project(projects, command.project_id)
        support = Support.give(gift, agreement, project, id=new_id(), by=by.subject, now=work.now)
        work.save(SUPPORTS, support)
        if gift.reference is not None:
            known[gift.reference] = support
        return support

    return each(commands, give)


def _project(projects: dict[str, Project], project_id: str | None) -> Project | None:
    if project_id is None:
        return None
    return found(projects, project_id, path="project_id", what_zh="项目", what_en="project")
