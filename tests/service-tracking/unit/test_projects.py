"""Projects, support, service points: what can be told, and that days never run backwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_tracking.domain.agreement import Agreement
from service_tracking.domain.project import PROJECT_STEPS, Project, ProjectStatus, Proposal
from service_tracking.domain.refusals import NoAgreement, NotOfThisAgreement, StepNotPossible
from service_tracking.domain.support import Gift, Support, SupportKind
from service_tracking.domain.venue import Venue, VenueDraft, VenueKind
from servicekit.domain import InvalidInput, Refusal, new_id

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
COMMUNITY = "350802001001"
AGREEMENT = Agreement("agreement", "unit", COMMUNITY, date(2026, 1, 1), date(2026, 12, 31))
PROPOSAL = Proposal(COMMUNITY, "unit", "A reading room", proposed_on=date(2026, 3, 1))
GIFT = Gift(COMMUNITY, "unit", SupportKind.FUNDS, Decimal(1), "grant", Decimal("5000.50"), date(2026, 3, 1))
DAYS = st.none() | st.integers(-100, 10).map(lambda days: NOW.date() + timedelta(days=days))


def proposed(**changes: Any) -> Project:
    return Project.propose(replace(PROPOSAL, **changes), AGREEMENT, id=new_id(), by="host", now=NOW)


def give(project: Project | None = None, **changes: Any) -> Support:
    return Support.give(replace(GIFT, **changes), AGREEMENT, project, id=new_id(), by="host", now=NOW)


@given(st.lists(st.tuples(st.sampled_from(sorted(PROJECT_STEPS)), DAYS, st.sampled_from(["", "reason"]))))
def test_any_sequence_of_steps_keeps_the_way_and_the_days_in_order(
    steps: list[tuple[ProjectStatus, date | None, str]],
) -> None:
    project = proposed()

    for to, on, reason in steps:
        before = project.model_dump()
        try:
            project.move(to, on=on, reason=reason, now=NOW)
        except Refusal:
            assert project.model_dump() == before
        else:
            assert before["status"] in PROJECT_STEPS[to]
        days = [day for day in (project.proposed_on, project.started_on, project.completed_on) if day]
        assert days == sorted(days)
        assert days[-1] <= date(2026, 5, 20)
        assert (project.completed_on is not None) == (project.status is ProjectStatus.COMPLETED)


def test_a_completed_project_is_not_cancelled() -> None:
    project = proposed()
    for to in (ProjectStatus.STARTED, ProjectStatus.COMPLETED):
        project.move(to, on=date(2026, 4, 1), reason="", now=NOW)

    with pytest.raises(StepNotPossible):
        project.move(ProjectStatus.CANCELLED, on=None, reason="late", now=NOW)


def test_a_project_is_proposed_within_the_agreements_term() -> None:
    with pytest.raises(NoAgreement):
        proposed(proposed_on=date(2025, 12, 31))


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("NaN")}, "quantity"),
        ({"quantity": Decimal("1.001")}, "quantity"),
        ({"value": Decimal(-1)}, "value"),
        ({"value": Decimal("1e11")}, "value"),
        ({"measure": " "}, "measure"),
        ({"given_on": date(2026, 6, 1)}, "given_on"),
    ],
)
def test_a_wrong_field_of_an_entry_is_named(wrong: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        give(**wrong)

    assert refused.value.path == path


def test_support_is_entered_for_a_project_of_the_same_unit_and_community_only() -> None:
    project = proposed()
    assert give(project).project_id == project.id
    for other in ({"unit_id": "another"}, {"community": "350802001002"}):
        with pytest.raises(NotOfThisAgreement):
            give(project.model_copy(update=other))


def test_support_goes_on_after_another_community_took_the_project_over() -> None:
    project = Project.propose(
        replace(PROPOSAL, community="350802001002"),
        replace(AGREEMENT, agreement_id="old", community="350802001002"),
        id=new_id(),
        by="host",
        now=NOW,
    )
    project.go_over(COMMUNITY, date(2026, 4, 1))

    assert give(project, given_on=date(2026, 5, 1)).agreement_id == "agreement"


def test_the_ledgers_amounts_are_exact() -> None:
    assert give().snapshot().model_dump(mode="json")["value"] == "5000.50"


def test_a_service_point_closes_once_and_not_before_it_opened() -> None:
    draft = VenueDraft(VenueKind.SERVICE_POINT, COMMUNITY, "Gate", opened_on=date(2026, 3, 1))
    point = Venue.open(draft, id=new_id(), by="host", now=NOW)

    with pytest.raises(InvalidInput):
        point.close(date(2026, 2, 28), NOW)
    point.close(None, NOW)
    with pytest.raises(StepNotPossible):
        point.close(None, NOW)
    assert point.take_facts() == ["service-point-opened", "service-point-closed"]
