"""Problems on the real database and as their clients see them."""

import asyncio
from typing import Any

from service_tracking.domain.person import Person
from service_tracking.domain.problem import Problem, ProblemStatus
from service_tracking.domain.refusals import StepNotPossible
from service_tracking.storage.collections import PROBLEMS
from service_tracking.use_cases.move_problems import MoveProblem, move_problems
from service_tracking.use_cases.rows import only
from servicekit.security import Role

REFUSAL = "... on Refusal { code path }"
REPORT = f"""mutation($input: ReportProblemInput!) {{ reportProblem(input: $input) {{
  ... on Problem {{ id status member {{ id }} community {{ code }} observedOn }} {REFUSAL} }} }}"""
RESOLVE_ALL = f"""mutation($inputs: [ResolveProblemInput!]!) {{ resolveProblems(inputs: $inputs) {{
  ... on ResolveProblemsPayload {{ outcomes {{ ... on Problem {{ status resolvedOn }} {REFUSAL} }} }} }} }}"""
CONFIRM = f"""mutation($input: ConfirmProblemInput!) {{ confirmProblem(input: $input) {{
  ... on Problem {{ status history {{ status by }} }} {REFUSAL} }} }}"""
OF_COMMUNITY = """query($of: [_Any!]!) { _entities(representations: $of) { ... on Community {
  problems { nodes { id description } } } } }"""


async def move(town: Any, problem: Problem, to: ProblemStatus, by: str = "host") -> Problem:
    return only(await town.run(move_problems, Person(by), [MoveProblem(problem.id, to, "note")], subject=by))


async def test_a_problem_from_report_to_the_reporters_word(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    me, host = (Role.MEMBER, member), (Role.HOST, town.community)
    told = {"communityCode": town.community, "category": "SAFETY", "description": "a lamp is out"}

    problem = await api.result(REPORT, me, subject="m", input={**told, "observedOn": "2016-03-05"})
    await town.run(move_problems, Person("h"), [MoveProblem(problem["id"], ProblemStatus.ACCEPTED)])
    resolved = await api.result(
        RESOLVE_ALL,
        host,
        subject="h",
        inputs=[{"problemId": problem["id"], "note": "replaced", "resolvedOn": "2016-03-09"}],
    )
    own = await api.result(CONFIRM, host, subject="h", input={"problemId": problem["id"]})
    colleague = await api.result(CONFIRM, host, subject="h2", input={"problemId": problem["id"]})
    confirmed = await api.result(CONFIRM, me, subject="m", input={"problemId": problem["id"]})

    assert (problem["status"], problem["member"], problem["observedOn"]) == ("REPORTED", {"id": member}, "2016-03-05")
    assert resolved["outcomes"] == [{"status": "RESOLVED", "resolvedOn": "2016-03-09"}]
    assert (own["code"], colleague["code"]) == ("OwnResolution", "NotTheReporter")
    assert [step["by"] for step in confirmed["history"]] == ["m", "h", "h", "m"]
    assert [event.fact for event in await town.told(problem["id"])] == [
        "problem-reported",
        "problem-accepted",
        "problem-resolved",
        "problem-confirmed",
    ]


async def test_resolve_against_decline_leaves_one_answer(town: Any) -> None:
    for _ in range(5):
        problem = await town.problem()
        await move(town, problem, ProblemStatus.ACCEPTED)

        outcomes = await asyncio.gather(
            *(move(town, problem, to) for to in (ProblemStatus.RESOLVED, ProblemStatus.DECLINED)),
            return_exceptions=True,
        )

        assert {type(outcome) for outcome in outcomes} == {Problem, StepNotPossible}
        assert len((await town.kept(PROBLEMS, problem.id))["history"]) == 3


async def test_a_reference_sent_twice_is_one_problem(town: Any) -> None:
    first, second = [await town.problem(reference=f"call 1 of {town.community}") for _ in range(2)]

    assert first.id == second.id


async def test_a_member_sees_only_the_own_problems_of_a_community(town: Any, api: Any) -> None:
    mine, other = await town.members(2)
    problem = await town.problem(mine)
    await town.problem(other)
    of = [{"__typename": "Community", "code": town.community}]

    seen = await api.result(OF_COMMUNITY, (Role.MEMBER, mine), of=of)
    all_of_it = await api.result(OF_COMMUNITY, (Role.HOST, town.community), of=of)

    assert [one["id"] for one in seen[0]["problems"]["nodes"]] == [problem.id]
    assert len(all_of_it[0]["problems"]["nodes"]) == 2


async def test_nothing_of_what_was_reported_is_told(town: Any) -> None:
    problem = await town.problem(description="Mrs Lin of building 3", address="building 3")

    (event,) = await town.told(problem.id)

    assert "building" not in str(event.data)
