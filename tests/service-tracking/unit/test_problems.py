"""Problems: any sequence of steps keeps to the way from report to confirmation (a state machine)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from service_tracking.domain.person import Person
from service_tracking.domain.problem import SOLVED, STEPS, Category, Problem, ProblemStatus, Report
from service_tracking.domain.refusals import OwnResolution, StepNotPossible
from servicekit.domain import InvalidInput, Refusal, new_id

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
REPORT = Report("350802001001", Category.SAFETY, "a lamp is out")
S = ProblemStatus


def reported(**changes: Any) -> Problem:
    return Problem.report(replace(REPORT, **changes), None, id=new_id(), by="reporter", now=NOW)


def step(problem: Problem, to: ProblemStatus, by: str = "host", note: str = "note", on: date | None = None) -> None:
    problem.move(to, by=Person(by), note=note, on=on, now=NOW)


class Way(RuleBasedStateMachine):
    @initialize()
    def report(self) -> None:
        self.problem = reported()
        self.way = [S.REPORTED]

    @rule(to=st.sampled_from(sorted(STEPS)), by=st.sampled_from(["host", "reporter"]), note=st.sampled_from(["", "n"]))
    def go(self, to: ProblemStatus, by: str, note: str) -> None:
        before = self.problem.model_dump()
        try:
            step(self.problem, to, by, note)
        except Refusal:
            assert self.problem.model_dump() == before
        else:
            assert self.way[-1] in STEPS[to]
            self.way.append(to)

    @invariant()
    def the_history_is_the_way_taken(self) -> None:
        assert [one.status for one in self.problem.history] == self.way
        assert self.problem.status is self.way[-1]

    @invariant()
    def it_is_solved_on_a_day_exactly_while_it_is_solved(self) -> None:
        assert (self.problem.resolved_on is not None) == (self.problem.status in SOLVED)
        assert self.problem.times_reopened == self.way.count(S.REOPENED)

    @invariant()
    def nobody_confirms_the_own_work(self) -> None:
        last: dict[ProblemStatus, str] = {}
        for one in self.problem.history:
            last[one.status] = one.by
            assert one.status is not S.CONFIRMED or one.by != last[S.RESOLVED]


TestWay = pytest.mark.timeout(120)(Way.TestCase)
TestWay.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_from_report_to_confirmation_and_back() -> None:
    problem = reported(observed_on=date(2026, 4, 30))

    step(problem, S.ACCEPTED, note="")
    step(problem, S.ASSIGNED, note="the property manager")
    step(problem, S.RESOLVED, note="replaced", on=date(2026, 5, 1))
    step(problem, S.CONFIRMED, by="reporter", note="")
    step(problem, S.REOPENED, by="reporter", note="out again")

    assert (problem.assignee, problem.resolution, problem.times_reopened) == ("the property manager", "replaced", 1)
    assert problem.take_facts() == [
        "problem-reported",
        "problem-accepted",
        "problem-assigned",
        "problem-resolved",
        "problem-confirmed",
        "problem-reopened",
    ]


def test_who_resolved_it_does_not_confirm_it() -> None:
    problem = reported(observed_on=date(2026, 4, 30))
    step(problem, S.ACCEPTED)
    step(problem, S.RESOLVED)

    with pytest.raises(OwnResolution):
        step(problem, S.CONFIRMED)


def test_a_declined_problem_goes_nowhere() -> None:
    problem = reported(observed_on=date(2026, 4, 30))
    step(problem, S.DECLINED)

    for to in STEPS:
        with pytest.raises(StepNotPossible):
            step(problem, to)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"description": " "}, "description"),
        ({"community": "350802"}, "community_code"),
        ({"latitude": 91.0}, "latitude"),
        ({"longitude": float("nan")}, "longitude"),
        ({"observed_on": (NOW + timedelta(days=2)).date()}, "observed_on"),
    ],
)
def test_a_wrong_field_of_a_report_is_named(wrong: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        reported(**wrong)

    assert refused.value.path == path


def test_the_snapshot_holds_nothing_of_what_was_reported() -> None:
    problem = reported(description="Mrs Lin of building 3", address="building 3", latitude=25.1, longitude=117.0)

    assert set(problem.snapshot().model_dump()) == {
        "community",
        "member_id",
        "unit_id",
        "category",
        "status",
        "observed_on",
        "resolved_on",
        "times_reopened",
        "earlier_communities",
    }


def test_nothing_is_resolved_before_it_was_seen() -> None:
    problem = reported(observed_on=date(2026, 5, 10))
    step(problem, S.ACCEPTED)

    with pytest.raises(InvalidInput) as refused:
        step(problem, S.RESOLVED, on=date(2026, 5, 9))

    assert (refused.value.path, problem.status) == ("resolved_on", S.ACCEPTED)
    step(problem, S.RESOLVED, on=date(2026, 5, 10))
