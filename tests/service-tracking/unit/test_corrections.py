"""Corrections, and any sequence of what may happen to a record (a state machine)."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from service_tracking.domain.correction import Told
from service_tracking.domain.person import Person
from service_tracking.domain.policy import Backlog, Policies, Policy, Ruled
from service_tracking.domain.record import ConfirmationMethod, RecordStatus, ServiceRecord
from service_tracking.domain.refusals import (
    HoursOverCap,
    OutsideWindow,
    OwnRecord,
    SecondPersonRequired,
    StepNotPossible,
)
from service_tracking.domain.registered import Registered
from service_tracking.domain.service import Service, Vanguard
from servicekit.domain import InvalidInput, Refusal, new_id

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
DAY = date(2026, 5, 19)
MEMBER = Person("m", frozenset({"member"}))
AFTER = Told(served_on=DAY, hours=Decimal("2.5"), vanguard=Vanguard.MEDIATION)
WHO = st.sampled_from([MEMBER, Person("host"), Person("county")])


class Life(RuleBasedStateMachine):
    @initialize()
    def submit(self) -> None:
        service = Service("Patrol", DAY, Decimal("1.5"), Vanguard.VOLUNTEERING)
        home = Registered("registration", "member", "unit", "350802001001")
        self.record = ServiceRecord.submit(service, home, claim=None, community=None, id=new_id(), by=MEMBER, now=NOW)
        self.told = [Decimal("1.5")]

    def _try(self, act: Any) -> bool:
        before = self.record.model_dump()
        try:
            act()
        except Refusal:
            assert self.record.model_dump() == before
            return False
        return True

    @rule(by=WHO)
    def confirm(self, by: Person) -> None:
        self._try(lambda: self.record.confirm(by=by, method=ConfirmationMethod.VISIT, note=None, now=NOW))

    @rule(by=WHO)
    def reject(self, by: Person) -> None:
        self._try(lambda: self.record.reject(by=by, reason="no", now=NOW))

    @rule(by=WHO, tenths=st.integers(-1, 250))
    def ask(self, by: Person, tenths: int) -> None:
        after = Told(served_on=DAY, hours=Decimal(tenths) / 10, vanguard=Vanguard.MEDIATION)
        self._try(lambda: self.record.ask_correction(after, reason="wrong", by=by, now=NOW))

    @rule(by=WHO, approve=st.booleans())
    def decide(self, by: Person, approve: bool) -> None:
        pending = self.record.pending_correction
        if self._try(lambda: self.record.decide_correction(approve=approve, by=by, note="", now=NOW)):
            assert pending is not None
            assert by.subject not in (pending.asked_by, "m")
            if approve:
                self.told.append(pending.after.hours)

    @invariant()
    def hours_change_only_by_an_approved_correction(self) -> None:
        assert self.record.hours == self.told[-1]
        assert 0 < self.record.hours <= 24

    @invariant()
    def whoever_served_never_stands_behind_it(self) -> None:
        confirmed = self.record.confirmation
        assert (confirmed is not None) == (self.record.status is RecordStatus.CONFIRMED)
        assert confirmed is None or confirmed.by != "m"

    @invariant()
    def every_change_is_kept_with_before_and_after(self) -> None:
        approved = [one for one in self.record.corrections if one.approved]
        assert [one.before.hours for one in approved] == self.told[:-1]
        assert [one.after.hours for one in approved] == self.told[1:]


TestLife = pytest.mark.timeout(120)(Life.TestCase)
TestLife.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


@pytest.fixture
def confirmed(submit: Callable[..., ServiceRecord], now: datetime) -> ServiceRecord:
    record = submit()
    record.confirm(by=Person("host"), method=ConfirmationMethod.VISIT, note=None, now=now)
    record.take_facts()
    return record


def test_a_correction_is_decided_by_a_third_person(confirmed: ServiceRecord) -> None:
    confirmed.ask_correction(AFTER, reason="it was longer", by=Person("unit"), now=NOW)

    for by, refusal in (
        (MEMBER, OwnRecord),
        (Person("unit"), SecondPersonRequired),
        (Person("host"), SecondPersonRequired),
    ):
        with pytest.raises(refusal):
            confirmed.decide_correction(approve=True, by=by, note="", now=NOW)
    confirmed.decide_correction(approve=True, by=Person("county"), note="seen", now=NOW)

    assert (confirmed.hours, confirmed.vanguard) == (Decimal("2.5"), Vanguard.MEDIATION)
    assert confirmed.take_facts() == ["record-correction-asked", "record-corrected"]
    (kept,) = confirmed.corrections
    assert (kept.before.hours, kept.after.hours, kept.decided_by) == (Decimal("1.5"), Decimal("2.5"), "county")


def test_a_declined_correction_changes_nothing(confirmed: ServiceRecord) -> None:
    confirmed.ask_correction(AFTER, reason="it was longer", by=MEMBER, now=NOW)
    confirmed.decide_correction(approve=False, by=Person("county"), note="no", now=NOW)

    assert confirmed.hours == Decimal("1.5")
    assert (confirmed.snapshot().decided_by, confirmed.snapshot().corrected_by) == ("host", "county")


def test_a_rejected_record_may_be_asked_about_once_more(submit: Callable[..., ServiceRecord]) -> None:
    record = submit()
    record.reject(by=Person("host"), reason="nobody came", now=NOW)
    record.ask_correction(AFTER, reason="I did", by=MEMBER, now=NOW)
    record.decide_correction(approve=False, by=Person("county"), note="", now=NOW)

    with pytest.raises(StepNotPossible):
        record.ask_correction(AFTER, reason="I did", by=MEMBER, now=NOW)


def test_a_record_that_waits_and_one_being_corrected_are_not_corrected(submit: Callable[..., ServiceRecord]) -> None:
    with pytest.raises(StepNotPossible):
        submit().ask_correction(AFTER, reason="wrong", by=MEMBER, now=NOW)


@pytest.mark.parametrize("hours", ["0", "-1", "25", "1e9", "0.25", "NaN"])
def test_impossible_hours_are_not_asked_for(confirmed: ServiceRecord, hours: str) -> None:
    with pytest.raises(InvalidInput):
        confirmed.ask_correction(AFTER.model_copy(update={"hours": Decimal(hours)}), reason="wrong", by=MEMBER, now=NOW)


def test_a_correction_keeps_to_the_cap_of_the_day(confirmed: ServiceRecord) -> None:
    policy = Policy.set(
        "350802",
        Ruled(most_hours_per_day=Decimal(4)),
        starts_on=date(2015, 1, 1),
        ends_on=None,
        backlog=Backlog.OLD_RULES,
        id=new_id(),
        by="admin",
        now=NOW,
    )
    confirmed.ask_correction(AFTER, reason="it was longer", by=MEMBER, now=NOW)

    with pytest.raises(HoursOverCap):
        confirmed.decide_correction(
            approve=True, by=Person("county"), note="", now=NOW, policies=Policies([policy]), already=Decimal(2)
        )
    assert confirmed.hours == Decimal("1.5")


@pytest.mark.parametrize(("served_on", "refused"), [(date(2026, 5, 10), False), (date(2026, 5, 9), True)])
def test_no_correction_brings_in_a_day_that_could_not_have_been_told(
    confirmed: ServiceRecord, served_on: date, refused: bool
) -> None:
    ruled, term = Ruled(backdating_days=10), {"starts_on": date(2015, 1, 1), "ends_on": None}
    policy = Policy.set("350802", ruled, **term, backlog=Backlog.OLD_RULES, id=new_id(), by="admin", now=NOW)
    confirmed.ask_correction(AFTER.model_copy(update={"served_on": served_on}), reason="earlier", by=MEMBER, now=NOW)
    decided: dict[str, Any] = {"by": Person("county"), "note": "", "now": NOW + timedelta(days=60)}

    with pytest.raises(OutsideWindow) if refused else nullcontext():
        confirmed.decide_correction(approve=True, **decided, policies=Policies([policy]))

    assert confirmed.served_on == (DAY if refused else served_on)
