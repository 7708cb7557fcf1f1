"""Any sequence of steps of a problem follows the way from report to confirmation (a state machine)."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from service_tracking.domain.person import Person
from service_tracking.domain.problem import FACTS, Category, Problem, ProblemStatus, Report
from servicekit.domain import Refusal

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
S = ProblemStatus
# Said here once more, so that a change of the domain's own table is noticed.
NEXT = {
    S.REPORTED: {S.ACCEPTED, S.DECLINED},
    S.ACCEPTED: {S.ASSIGNED, S.RESOLVED, S.DECLINED},
    S.ASSIGNED: {S.ASSIGNED, S.RESOLVED},
    S.RESOLVED: {S.CONFIRMED, S.REOPENED},
    S.CONFIRMED: {S.REOPENED},
    S.REOPENED: {S.ASSIGNED, S.RESOLVED},
    S.DECLINED: set(),
}


class Way(RuleBasedStateMachine):
    @initialize()
    def report(self) -> None:
        report = Report("350802001001", Category.SAFETY, "a lamp is out")
        self.problem = Problem.report(report, None, id="problem", by="reporter", now=NOW)

    @rule(
        to=st.sampled_from(list(FACTS)),
        by=st.sampled_from(["reporter", "host", "worker"]),
        note=st.sampled_from(["", "  ", "the electrician"]),
    )
    def move(self, to: ProblemStatus, by: str, note: str) -> None:
        before: Any = self.problem.model_dump()
        try:
            self.problem.move(to, by=Person(by), note=note, on=None, now=NOW)
        except Refusal:
            assert self.problem.model_dump() == before

    @invariant()
    def every_step_follows_from_the_one_before(self) -> None:
        steps = [step.status for step in self.problem.history]
        assert steps[0] is S.REPORTED
        assert steps[-1] is self.problem.status
        assert all(then in NEXT[now] for now, then in pairwise(steps)), steps

    @invariant()
    def who_resolved_it_never_confirms_it(self) -> None:
        for resolved, confirmed in pairwise(self.problem.history):
            assert confirmed.status is not S.CONFIRMED or resolved.by != confirmed.by

    @invariant()
    def solved_means_resolved_and_not_reopened(self) -> None:
        solved = self.problem.status in (S.RESOLVED, S.CONFIRMED)
        assert (self.problem.resolved_on is not None) == solved
        assert self.problem.times_reopened == sum(step.status is S.REOPENED for step in self.problem.history)


TestWay = pytest.mark.timeout(120)(Way.TestCase)
TestWay.settings = settings(
    max_examples=100, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
