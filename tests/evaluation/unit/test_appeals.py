"""An appeal is decided once, by somebody else, and above the community."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from evaluation.domain.appeals import (
    DECIDE_WITHIN,
    Appeal,
    AppealClosed,
    AppealStatus,
    OwnAppeal,
    OwnDecision,
    Remedy,
    file,
)
from evaluation.domain.facts import Fact
from hypothesis import given
from hypothesis import strategies as st
from servicekit.domain import InvalidInput

from tests.evaluation.facts import COMMUNITY, registration, service

NOW = datetime(2017, 3, 6, tzinfo=UTC)


def appeal(fact: Fact | None = None, remedy: Remedy = Remedy.COUNT, hours: Decimal | None = None) -> Appeal:
    return file(fact or service("s1", "m1"), remedy, hours, "为何未计入", id="a1", now=NOW, by="the member")


def test_an_appeal_says_what_it_is_about_and_by_when_it_is_decided() -> None:
    filed = appeal()

    assert (filed.fact_id, filed.fact_version, filed.member, filed.division) == ("s1", 1, "m1", COMMUNITY)
    assert filed.decide_by == NOW + DECIDE_WITHIN
    assert {"350802001", "350802", "350800"} <= set(filed.places)
    assert filed.take_facts() == ["appeal-filed"]


def test_when_the_time_is_over_the_county_decides() -> None:
    filed = appeal()

    assert filed.seat(NOW + DECIDE_WITHIN) == COMMUNITY
    assert filed.seat(NOW + DECIDE_WITHIN + timedelta(milliseconds=1)) == "350802"


def test_an_overdue_appeal_is_escalated_once_and_one_in_time_never() -> None:
    filed = appeal()
    filed.take_facts()
    late = NOW + DECIDE_WITHIN + timedelta(milliseconds=1)

    for now in (NOW + DECIDE_WITHIN, late, late + timedelta(days=1)):
        filed.escalate(now)

    assert filed.escalated_at == late
    assert filed.take_facts() == ["appeal-overdue"]


def test_a_decided_appeal_is_not_escalated() -> None:
    filed = appeal()
    filed.decide(False, "说明", NOW, "somebody else")
    filed.take_facts()

    filed.escalate(NOW + DECIDE_WITHIN * 2)

    assert filed.take_facts() == []


def test_whoever_filed_it_can_not_decide_it() -> None:
    with pytest.raises(OwnAppeal):
        appeal().decide(True, "同意", NOW, "the member")


@pytest.mark.parametrize("who", ["decider", "corrector"])
def test_whoever_decided_what_it_is_about_can_not_decide_it(who: str) -> None:
    filed = appeal(service("s1", "m1").model_copy(update={who: "the host"}))

    with pytest.raises(OwnDecision):
        filed.decide(False, "维持", NOW, "the host")

    filed.decide(True, "同意", NOW, "somebody else")
    assert filed.status is AppealStatus.GRANTED


def test_the_reason_never_leaves_in_an_event() -> None:
    filed = appeal()

    assert "为何未计入" not in filed.snapshot().model_dump_json()


STEPS = st.lists(st.sampled_from(["grant", "reject", "withdraw"]), min_size=1, max_size=6)


@given(STEPS)
def test_only_the_first_step_counts_and_every_later_one_is_refused(steps: list[str]) -> None:
    filed = appeal()
    filed.take_facts()

    for number, step in enumerate(steps):
        try:
            if step == "withdraw":
                filed.withdraw(NOW, "the member")
            else:
                filed.decide(step == "grant", "说明", NOW, "somebody else")
        except AppealClosed:
            assert number > 0
        else:
            assert number == 0

    outcome = {"grant": AppealStatus.GRANTED, "reject": AppealStatus.REJECTED, "withdraw": AppealStatus.WITHDRAWN}
    assert filed.status is outcome[steps[0]]
    assert len(filed.take_facts()) == 1


@pytest.mark.parametrize(
    ("fact", "remedy", "hours", "path"),
    [
        (service("s1", "m1"), Remedy.CORRECT_HOURS, None, "input.hours"),
        (service("s1", "m1"), Remedy.COUNT, Decimal(1), "input.hours"),
        (service("s1", "m1"), Remedy.CORRECT_HOURS, Decimal("-1"), "input.hours"),
        (service("s1", "m1"), Remedy.CORRECT_HOURS, Decimal("NaN"), "input.hours"),
        (service("s1", "m1"), Remedy.CORRECT_HOURS, Decimal("1.005"), "input.hours"),
        (service("s1", "m1"), Remedy.CORRECT_HOURS, Decimal("8784.01"), "input.hours"),
        (registration("m1"), Remedy.CORRECT_HOURS, Decimal(1), "input.remedy"),
    ],
)
def test_hours_that_can_not_be_asked_for_are_refused(
    fact: Fact, remedy: Remedy, hours: Decimal | None, path: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        appeal(fact, remedy, hours)

    assert refusal.value.path == path
