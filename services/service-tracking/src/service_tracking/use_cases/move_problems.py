"""Take problems a step further."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.problem import Problem, ProblemStatus
from service_tracking.storage.collections import PROBLEMS
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class MoveProblem:
    """`note`: the reason, the assignee or what was done; `on`: the day on which it was resolved."""

    problem_id: str
    to: ProblemStatus
    note: str = ""
    on: date | None = None


async def move_problems(work: Work, by: Person, commands: Sequence[MoveProblem]) -> list[Problem | Refusal]:
    """One outcome a command. Refused with NotFound, StepNotPossible, OwnResolution, NotTheReporter, InvalidInput."""
    problems = await work.load(Problem, PROBLEMS, [command.problem_id for command in commands])

    def move(command: MoveProblem) -> Problem:
        problem = found(problems, command.problem_id, path="problem_id", what_zh="问题", what_en="problem")
        problem.move(command.to, by=by, note=command.note, on=command.on, now=work.now)
        work.save(PROBLEMS, problem)
        return problem

    return each(commands, move)
