"""Members report problems, hosts see to them; who reported alone says whether it is solved."""

from collections.abc import Callable
from datetime import timedelta

from huijia_demo.city.model import Problem
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage
from huijia_demo.play.steps import Step, rows_of, walk

FIELDS = "id status"
REPORT = Mutation("reportProblem", "reportProblems", "Problem", FIELDS, not_yet=frozenset({"MemberNotRegistered"}))
ACCEPT = Mutation("acceptProblem", "acceptProblems", "Problem", FIELDS)
DECLINE = Mutation("declineProblem", "declineProblems", "Problem", FIELDS)
ASSIGN = Mutation("assignProblem", "assignProblems", "Problem", FIELDS)
RESOLVE = Mutation("resolveProblem", "resolveProblems", "Problem", FIELDS)
CONFIRM = Mutation("confirmProblem", "confirmProblems", "Problem", FIELDS)
REOPEN = Mutation("reopenProblem", "reopenProblems", "Problem", FIELDS)
SOLVED_WITHIN = timedelta(days=10)


async def solve_problems(stage: Stage) -> None:
    problems = stage.city.problems
    with stage.phase("Problems", rows_of(problems)):
        await walk(stage, await _report(stage, problems), _steps(stage))


def _steps(stage: Stage) -> list[Step[Problem]]:
    host, member = _host(stage), _member(stage)
    return [
        Step("ACCEPTED", ACCEPT, host, "problemId"),
        Step("DECLINED", DECLINE, host, "problemId", _note("不属本社区职责,已告知主管部门")),
        Step("ASSIGNED", ASSIGN, host, "problemId", _note("物业服务中心")),
        Step(
            "RESOLVED",
            RESOLVE,
            host,
            "problemId",
            lambda one: {"note": "已办结", "resolvedOn": (one.observed_on + SOLVED_WITHIN).isoformat()},
        ),
        Step("CONFIRMED", CONFIRM, member, "problemId", alone=True),
        Step("REOPENED", REOPEN, host, "problemId", _note("回访发现问题反复")),
    ]


async def _report(stage: Stage, problems: list[Problem]) -> list[tuple[Problem, Json]]:
    alone = [problem for problem in problems if problem.person.alone]
    others = [problem for problem in problems if not problem.person.alone]

    def row(problem: Problem) -> Json:
        return _problem(problem, stage.members[problem.person])

    done = await stage.send(REPORT, others, _host(stage), row)
    return done + await stage.send(REPORT, alone, _member(stage), row, alone=True)


def _problem(problem: Problem, member_id: str) -> Json:
    return {
        "communityCode": problem.person.community,
        "category": problem.category,
        "description": problem.title,
        "memberId": member_id,
        "observedOn": problem.observed_on.isoformat(),
        "reference": f"PROBLEM:{problem.title}",
    }


def _note(note: str) -> Callable[[Problem], Json]:
    return lambda _: {"note": note}


def _host(stage: Stage) -> Callable[[Problem], str]:
    return lambda problem: stage.badges.host(problem.person.community)


def _member(stage: Stage) -> Callable[[Problem], str]:
    return lambda problem: stage.badges.member(stage.members[problem.person])
