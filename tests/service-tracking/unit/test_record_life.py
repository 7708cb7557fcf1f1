"""Any sequence of submissions, decisions and corrections of one member keeps the records' rules (a state machine)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from service_tracking.domain.correction import Told
from service_tracking.domain.person import Person
from service_tracking.domain.policy import Backlog, Policies, Policy, Ruled
from service_tracking.domain.record import ConfirmationMethod, RecordStatus, ServiceRecord
from service_tracking.domain.registered import Registered
from service_tracking.domain.rules import Rounding
from service_tracking.domain.service import Provenance, Service, Vanguard
from servicekit.domain import Refusal, new_id

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
DAYS = [date(2026, 5, 18), date(2026, 5, 19)]
MEMBER = Registered("registration", "member", "unit", "350802001001")
PEOPLE = [Person("m", frozenset({"member"})), Person("host"), Person("other host"), Person("county")]
STEP, OF_ONE, OF_A_DAY = Decimal("0.5"), Decimal(4), Decimal(6)
COUNTS = (RecordStatus.SUBMITTED, RecordStatus.CONFIRMED)
hours = st.decimals("-1", "25", places=1) | st.sampled_from([Decimal("0.3"), Decimal("4.2"), Decimal("1e9")])
people, days = st.sampled_from(PEOPLE), st.sampled_from(DAYS)


class Records(RuleBasedStateMachine):
    """The member's other hours of a day are summed as storage does."""

    record = Bundle("record")

    @initialize(rounding=st.sampled_from(Rounding))
    def rule_the_place(self, rounding: Rounding) -> None:
        ruled = Ruled(hours_step=STEP, rounding=rounding, most_hours_per_activity=OF_ONE, most_hours_per_day=OF_A_DAY)
        policy = Policy.set(
            "350802",
            ruled,
            starts_on=date(2016, 1, 1),
            ends_on=None,
            backlog=Backlog.OLD_RULES,
            id="p",
            by="c",
            now=NOW,
        )
        self.policies = Policies([policy])
        self.records: list[ServiceRecord] = []
        self.decided: dict[str, tuple[Decimal, date]] = {}

    def _already(self, day: date, but_for: ServiceRecord | None = None) -> Decimal:
        others = (one for one in self.records if one is not but_for and one.served_on == day and one.status in COUNTS)
        return sum((one.hours for one in others), Decimal(0))

    def _try(self, act: Any) -> Any:
        """What it answered; a refusal must leave the records as they were."""
        before = [one.model_dump() for one in self.records]
        try:
            return act()
        except Refusal:
            assert before == [one.model_dump() for one in self.records]
            return None

    @rule(target=record, hours=hours, day=days, by=people, provenance=st.sampled_from(Provenance))
    def submit(self, hours: Decimal, day: date, by: Person, provenance: Provenance) -> Any:
        service = Service("Patrol", day, hours, Vanguard.MEDIATION, provenance=provenance)
        made = self._try(
            lambda: ServiceRecord.submit(
                service,
                MEMBER,
                claim=None,
                community=None,
                id=new_id(),
                by=by,
                now=NOW,
                policies=self.policies,
                already=self._already(day),
            )
        )
        if made is not None:
            self.records.append(made)
        return made

    @rule(record=record, by=people)
    def confirm(self, record: ServiceRecord | None, by: Person) -> None:
        if record and self._try(
            lambda: record.confirm(by=by, method=ConfirmationMethod.VISIT, note=None, now=NOW) or True
        ):
            assert "member" not in by.member_ids
            assert record.id not in self.decided
            self.decided[record.id] = (record.hours, record.served_on)

    @rule(record=record, by=people)
    def reject(self, record: ServiceRecord | None, by: Person) -> None:
        if record and self._try(lambda: record.reject(by=by, reason="nobody came", now=NOW) or True):
            assert record.id not in self.decided
            self.decided[record.id] = (record.hours, record.served_on)

    @rule(record=record, by=people, hours=hours, day=days)
    def ask(self, record: ServiceRecord | None, by: Person, hours: Decimal, day: date) -> None:
        if record:
            after = Told(served_on=day, hours=hours, vanguard=Vanguard.VOLUNTEERING)
            self._try(lambda: record.ask_correction(after, reason="misread", by=by, now=NOW))

    @rule(record=record, by=people, approve=st.booleans())
    def decide(self, record: ServiceRecord | None, by: Person, approve: bool) -> None:
        asked = record.pending_correction if record else None
        if record is None or asked is None:
            return
        already = self._already(asked.after.served_on, but_for=record)
        done = self._try(
            lambda: (
                record.decide_correction(
                    approve=approve, by=by, note="", now=NOW, policies=self.policies, already=already
                )
                or True
            )
        )
        if done:
            assert by.subject != asked.asked_by
            self.decided[record.id] = (record.hours, record.served_on)

    @invariant()
    def no_day_and_no_record_has_more_than_the_caps(self) -> None:
        assert all(self._already(day) <= OF_A_DAY for day in DAYS)
        assert all(STEP <= one.hours <= OF_ONE for one in self.records)

    @invariant()
    def hours_are_exact_steps(self) -> None:
        for one in self.records:
            assert one.hours % STEP == 0
            assert one.hours.as_tuple().exponent == -1

    @invariant()
    def what_was_decided_changes_only_by_a_correction(self) -> None:
        for one in self.records:
            if one.status is not RecordStatus.SUBMITTED:
                assert self.decided[one.id] == (one.hours, one.served_on)
            assert (one.confirmation is not None) >= (one.status is RecordStatus.CONFIRMED)


TestRecords = pytest.mark.timeout(120)(Records.TestCase)
TestRecords.settings = settings(
    max_examples=100, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
