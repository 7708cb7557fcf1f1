"""Policies: what is inherited, what is counted, and caps that hold over any sequence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_tracking.domain.person import Person
from service_tracking.domain.policy import Backlog, Limit, Policies, Policy, Ruled
from service_tracking.domain.record import ConfirmationMethod, RecordStatus, ServiceRecord
from service_tracking.domain.refusals import HoursOverCap, OutsideWindow, PolicyEnded
from service_tracking.domain.registered import Registered
from service_tracking.domain.rules import Rounding, Rules
from service_tracking.domain.service import Service, Vanguard
from servicekit.domain import InvalidInput, Refusal, new_id

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
COMMUNITY = "350802001001"
MEMBER = Registered("registration", "member", "unit", COMMUNITY)
DAY = date(2026, 5, 19)
TENTHS = st.integers(1, 240).map(lambda tenths: Decimal(tenths) / 10)


def policy(division: str = COMMUNITY, *, at: datetime = NOW, **said: Any) -> Policy:
    term = {"starts_on": said.pop("starts_on", date(2015, 1, 1)), "ends_on": said.pop("ends_on", None)}
    backlog = said.pop("backlog", Backlog.OLD_RULES)
    return Policy.set(division, Ruled(**said), **term, backlog=backlog, id=new_id(), by="admin", now=at)


def submit(
    policies: Policies, *, hours: Decimal = Decimal(2), already: Decimal = Decimal(0), **changes: Any
) -> ServiceRecord:
    service = Service("Patrol", changes.pop("served_on", DAY), hours, Vanguard.VOLUNTEERING, **changes)
    by = Person("m", frozenset({"member"}))
    told: dict[str, Any] = {"claim": None, "community": None, "id": new_id(), "by": by, "now": NOW}
    return ServiceRecord.submit(service, MEMBER, **told, policies=policies, already=already)


def test_without_a_policy_any_past_day_and_any_tenth_of_an_hour_counts() -> None:
    record = submit(Policies(), hours=Decimal("0.1"), served_on=date(2015, 6, 1))

    assert (record.hours, record.confirm_by) == (Decimal("0.1"), None)


def test_each_rule_comes_from_the_nearest_division_that_says_it() -> None:
    policies = Policies(
        [
            policy("350802001", backdating_days=60),
            policy("350800", backdating_days=90, minimum_services_a_year=4, hours_step=Decimal("0.5")),
            policy("350802", minimum_services_a_year=3),
            policy("350803", hours_step=Decimal(1)),
        ]
    )

    assert policies.rules(COMMUNITY, DAY) == Rules(
        backdating_days=60, minimum_services_a_year=3, hours_step=Decimal("0.5")
    )


def test_a_division_may_lift_a_limit_that_it_would_inherit_and_one_below_it_may_set_it_again() -> None:
    city = policy("350800", backdating_days=30, most_hours_per_day=Decimal(8), confirm_within_days=7)
    county = policy("350802", lifted=(Limit.BACKDATING_DAYS, Limit.CONFIRM_WITHIN_DAYS))
    street = policy("350802001", backdating_days=5)

    assert Policies([city, county]).rules(COMMUNITY, DAY) == Rules(most_hours_per_day=Decimal(8))
    assert Policies([street, city, county]).rules(COMMUNITY, DAY).backdating_days == 5
    assert submit(Policies([city, county]), served_on=date(2015, 6, 1)).confirm_by is None


def test_a_limit_that_is_said_can_not_be_lifted_with_it() -> None:
    with pytest.raises(InvalidInput) as refused:
        policy(backdating_days=30, lifted=(Limit.BACKDATING_DAYS,))

    assert refused.value.path == "backdating_days"


def test_a_policy_holds_on_its_days_only_and_a_later_one_goes_before() -> None:
    policies = Policies(
        [
            policy(minimum_services_a_year=3, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30)),
            policy(minimum_services_a_year=5, starts_on=date(2026, 6, 1)),
        ]
    )
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1), date(2026, 7, 1)]

    assert [policies.rules(COMMUNITY, day).minimum_services_a_year for day in days] == [2, 3, 5, 5]


@pytest.mark.parametrize(
    ("rounding", "told", "counted"),
    [("DOWN", "1.9", "1.5"), ("HALF_UP", "1.7", "1.5"), ("HALF_UP", "1.8", "2.0"), ("EXACT", "1.5", "1.5")],
)
def test_hours_are_rounded_as_the_policy_says(rounding: str, told: str, counted: str) -> None:
    rules = Rules(hours_step=Decimal("0.5"), rounding=Rounding(rounding))

    assert rules.counted(Decimal(told)) == Decimal(counted)


@pytest.mark.parametrize(("rounding", "told"), [("EXACT", "1.7"), ("DOWN", "0.4"), ("HALF_UP", "0.2")])
def test_hours_that_count_for_nothing_or_fit_no_step_are_refused(rounding: str, told: str) -> None:
    with pytest.raises(InvalidInput):
        Rules(hours_step=Decimal("0.5"), rounding=Rounding(rounding)).counted(Decimal(told))


@given(TENTHS, st.sampled_from(["0.1", "0.3", "0.5", "1.0", "1.5"]), st.sampled_from(Rounding))
def test_what_is_counted_is_an_exact_multiple_of_the_step(hours: Decimal, step: str, rounding: Rounding) -> None:
    try:
        counted = Rules(hours_step=Decimal(step), rounding=rounding).counted(hours)
    except InvalidInput:
        return

    assert counted % Decimal(step) == 0
    assert abs(counted - hours) < Decimal(step)


@given(
    st.lists(st.tuples(TENTHS, st.integers(0, 2), st.booleans()), max_size=30),
    TENTHS,
    TENTHS,
    st.sampled_from(Rounding),
)
def test_the_caps_hold_over_any_sequence(
    told: list[tuple[Decimal, int, bool]], per_day: Decimal, per_activity: Decimal, rounding: Rounding
) -> None:
    """Each is submitted, and then rejected or confirmed; the day's hours are those that count or wait."""
    policies = Policies(
        [
            policy(most_hours_per_day=per_day),
            policy(most_hours_per_activity=per_activity, hours_step=Decimal("0.5"), rounding=rounding),
        ]
    )
    kept: list[ServiceRecord] = []
    host = Person("host")

    def hours_of(day: date) -> Decimal:
        standing = (one for one in kept if one.served_on == day and one.status is not RecordStatus.REJECTED)
        return sum((one.hours for one in standing), Decimal(0))

    for hours, back, rejected in told:
        day = DAY - timedelta(days=back)
        try:
            record = submit(policies, hours=hours, already=hours_of(day), served_on=day)
        except Refusal:
            continue
        kept.append(record)
        if rejected:
            record.reject(by=host, reason="no", now=NOW)
        else:
            record.confirm(by=host, method=ConfirmationMethod.VISIT, note=None, now=NOW, policies=policies)
        assert all(hours_of(DAY - timedelta(days=one)) <= per_day for one in range(3))
        assert record.hours <= per_activity


def test_what_is_told_too_late_is_refused_by_the_rules_of_today() -> None:
    policies = Policies([policy(backdating_days=30, starts_on=date(2026, 5, 1))])

    assert submit(policies, served_on=date(2026, 4, 20))
    with pytest.raises(OutsideWindow) as refused:
        submit(policies, served_on=date(2026, 4, 19))
    assert "within 30 days" in refused.value.message("en")


def test_evidence_is_asked_for_only_where_a_policy_says_so() -> None:
    policies = Policies([policy(evidence_required=True)])

    with pytest.raises(InvalidInput) as refused:
        submit(policies)
    assert refused.value.path == "evidence"
    assert submit(policies, evidence="photo 12").evidence == "photo 12"


def test_a_record_says_by_when_it_should_be_confirmed() -> None:
    assert submit(Policies([policy(confirm_within_days=7)])).confirm_by == date(2026, 5, 27)


@pytest.mark.parametrize("backlog", Backlog)
def test_a_policy_says_by_which_rules_the_backlog_is_judged(backlog: Backlog) -> None:
    waiting = submit(Policies(), hours=Decimal(9))
    policies = Policies([policy(most_hours_per_activity=Decimal(8), backlog=backlog, at=NOW + timedelta(hours=1))])

    def confirm() -> None:
        waiting.confirm(by=Person("host"), method=ConfirmationMethod.VISIT, note=None, now=NOW, policies=policies)

    if backlog is Backlog.NEW_RULES:
        with pytest.raises(HoursOverCap):
            confirm()
        assert waiting.status is RecordStatus.SUBMITTED
    else:
        confirm()
        assert waiting.status is RecordStatus.CONFIRMED


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"division": "35"}, "division_code"),
        ({"division": "35080200100x"}, "division_code"),
        ({"hours_step": Decimal(0)}, "hours_step"),
        ({"most_hours_per_day": Decimal(25)}, "most_hours_per_day"),
        ({"most_hours_per_activity": Decimal("NaN")}, "most_hours_per_activity"),
        ({"backdating_days": -1}, "backdating_days"),
        ({"confirm_within_days": 0}, "confirm_within_days"),
        ({"ends_on": date(2014, 1, 1)}, "ends_on"),
    ],
)
def test_a_wrong_rule_is_named(said: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        policy(**said)

    assert refused.value.path == path


def test_a_policy_ends_once(publish: Callable[..., Any]) -> None:
    one = policy(minimum_services_a_year=3)
    one.end(date(2026, 1, 1))

    with pytest.raises(PolicyEnded):
        one.end(date(2026, 2, 1))
    assert not one.in_force(date(2026, 1, 2))
    assert replace(one.ruled).minimum_services_a_year == 3


@pytest.mark.parametrize("step", ["9", "16"])
def test_rounding_up_never_makes_a_day_longer_than_it_is(step: str) -> None:
    rules = Rules(hours_step=Decimal(step), rounding=Rounding.HALF_UP)

    with pytest.raises(HoursOverCap) as refused:
        rules.counted(Decimal(24))

    assert (refused.value.fields["period"], refused.value.fields["most"]) == ("ACTIVITY", Decimal(24))


@pytest.mark.parametrize("step", ["1e-999999999", "1e-40", "0", "-1", "25", "1e9", "NaN", "sNaN", "Infinity"])
def test_a_step_in_which_no_hours_can_be_counted_is_refused(step: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        policy(hours_step=Decimal(step))

    assert refused.value.path == "hours_step"
