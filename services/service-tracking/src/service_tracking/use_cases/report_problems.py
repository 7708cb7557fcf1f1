"""Report problems."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal, new_id
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.problem import Problem, Report
from service_tracking.storage.collections import PROBLEMS
from service_tracking.storage.references import sent_before
from service_tracking.storage.registrations import completed_registrations
from service_tracking.use_cases.rows import each, registered


@dataclass(frozen=True, slots=True)
class ReportProblem:
    """`member_id` is the member who reports, if one does."""

    report: Report
    member_id: str | None = None


async def report_problems(work: Work, by: Person, commands: Sequence[ReportProblem]) -> list[Problem | Refusal]:
    """One outcome a command. A reference that the actor used before answers the problem reported then.

    Refused with MemberNotRegistered, InvalidInput.
    """
    members = await completed_registrations(work, [command.member_id for command in commands if command.member_id])
    references = [command.report.reference for command in commands]
    known = await sent_before(work, Problem, PROBLEMS, "reported_by", references)

    def report(command: ReportProblem) -> Problem:
        reference = command.report.reference
        if reference is not None and reference in known:
            return known[reference]
        member = registered(members, command.member_id) if command.member_id else None
        problem = Problem.report(command.report, member, id=new_id(), by=by.subject, now=work.now)
        work.save(PROBLEMS, problem)
        if reference is not None:
            known[reference] = problem
        return problem

    return each(commands, report)
