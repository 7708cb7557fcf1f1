"""Any interleaving of what may happen to a member's registrations keeps their promises."""

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from registration.domain.certificates import certificate_number
from registration.domain.members import new_member
from registration.domain.placement import Basis, Placement
from registration.domain.reconciling import (
    OFF_ROSTER,
    PlatformLine,
    ReconciliationStatus,
    RosterLine,
    counted,
    reconcile,
)
from registration.domain.registrations import (
    OPEN,
    AlreadyThere,
    LeaveOverlaps,
    Registration,
    RegistrationStatus,
    submit_registration,
)
from registration.domain.units import register_unit
from servicekit.domain import Refusal

from tests.registration.samples import COMMUNITY, OTHER_COMMUNITY, credit_code
from tests.registration.unit.test_registrations import NOW, TODAY, completed, member, submitted

places = st.sampled_from([COMMUNITY, OTHER_COMMUNITY])
LATE = TODAY + timedelta(days=400)


class Life(RuleBasedStateMachine):
    """One member, every registration the member ever had, and what the use cases do with them."""

    def __init__(self) -> None:
        super().__init__()
        self.member = member()
        self.all: list[Registration] = []
        self.now = NOW
        self.numbers = 0
        self.ended_by_hand = 0
        self.first_completions = 0

    def tick(self) -> None:
        self.now += timedelta(hours=7)

    def newest(self) -> Registration | None:
        return self.all[-1] if self.all else None

    def standing(self) -> Registration | None:
        return next((one for one in self.all if one.status is RegistrationStatus.COMPLETED), None)

    @rule(place=places)
    def submit(self, place: str) -> None:
        self.tick()
        try:
            for one in self.all:
                one.refuse_another()
            made = submit_registration(f"r{len(self.all)}", self.member, Placement(place, Basis.RESIDENCE), self.now)
        except Refusal:
            return
        self.all.append(made)

    @rule(place=places)
    def transfer(self, place: str) -> None:
        self.tick()
        old = self.standing()
        try:
            if old is None:
                return
            for one in self.all:
                if one.status in OPEN:
                    one.refuse_another()
            to = Placement(place, Basis.RESIDENCE)
            old.require_transferable(to)
            new = submit_registration(f"r{len(self.all)}", self.member, to, self.now, replaces=old.id)
        except Refusal:
            return
        self.all.append(new)

    @rule()
    def certify(self) -> None:
        self.tick()
        self.numbers += 1
        self.attempt(lambda one: one.certify(certificate_number("350802", self.numbers), self.now))

    @rule()
    def void(self) -> None:
        self.tick()
        self.attempt(lambda one: one.void_certificate("lost", self.now))

    @rule(stale=st.booleans())
    def receive(self, stale: bool) -> None:
        self.tick()
        newest = self.newest()
        if newest is None or not newest.certificates:
            return
        paper = newest.certificates[0 if stale else -1]
        before = self.standing()
        try:
            newest.receive(paper.number, signed_by="host", on=TODAY, now=self.now)
        except Refusal:
            return
        replaced = next((one for one in self.all if one.id == newest.replaces), None)
        if replaced is not None:
            replaced.make_way(newest, self.now)
        if before is None:
            self.first_completions += 1

    @rule()
    def withdraw(self) -> None:
        self.tick()
        self.attempt(lambda one: one.withdraw("changed my mind", self.now))

    @rule()
    def reject(self) -> None:
        self.tick()
        self.attempt(lambda one: one.reject("not ours", self.now))

    @rule()
    def end(self) -> None:
        self.tick()
        standing = self.standing()
        if standing is not None:
            standing.end("left", self.now)
            self.ended_by_hand += 1

    @rule(joins=st.booleans(), number=st.sampled_from([1, 2]))
    def roster(self, joins: bool, number: int) -> None:
        """Off the roster, back onto one, or over to another unit's, which whatever stands follows."""
        unit = register_unit(
            f"u{number}", name="局", credit_code=credit_code(number), line="education", division="350802"
        )
        if joins and (not self.member.on_roster or self.member.unit_id != unit.id):
            self.member.join(unit, TODAY)
        elif not joins and self.member.on_roster:
            self.member.leave(TODAY)
        for one in self.standing_ones():
            one.follow(self.member)

    @rule(place=places, basis=st.sampled_from(Basis))
    def the_rule_answers_otherwise(self, place: str, basis: Basis) -> None:
        """As `use_cases.resettle` does: what is open goes along, what is completed stands until a transfer ends it."""
        self.tick()
        to = Placement(place, basis)
        standing = self.standing()
        for one in self.all:
            if one.status in OPEN:
                if standing is not None and standing.community_code == place:
                    one.withdraw("the community changed", self.now)
                else:
                    one.resettle(to, self.now)
        if standing is not None and standing.community_code == place:
            standing.resettle(to, self.now)

    @rule(source=places)
    def merge(self, source: str) -> None:
        """The community goes; whatever stands there goes on under the other code, papers included."""
        self.tick()
        target = OTHER_COMMUNITY if source == COMMUNITY else COMMUNITY
        for one in self.standing_ones():
            if one.community_code == source:
                one.move(target, TODAY)

    def standing_ones(self) -> list[Registration]:
        return [one for one in self.all if one.status in (*OPEN, RegistrationStatus.COMPLETED)]

    def attempt(self, change: object) -> None:
        newest = self.newest()
        if newest is None:
            return
        try:
            change(newest)  # type: ignore[operator]
        except Refusal:
            return

    @invariant()
    def at_most_one_is_completed_and_one_open(self) -> None:
        statuses = [one.status for one in self.all]
        assert statuses.count(RegistrationStatus.COMPLETED) <= 1
        assert sum(statuses.count(status) for status in OPEN) <= 1

    @invariant()
    def completed_is_certified_and_received(self) -> None:
        for one in self.all:
            if one.status is RegistrationStatus.COMPLETED:
                assert one.certificate is not None
                assert one.received_by is not None
                assert one.completed_on is not None

    @invariant()
    def whatever_stands_is_the_business_of_the_members_unit(self) -> None:
        assert {one.unit_id for one in self.standing_ones()} <= {self.member.unit_id}

    @invariant()
    def a_transfer_neither_loses_nor_doubles_the_member(self) -> None:
        assert (self.standing() is not None) == (self.first_completions - self.ended_by_hand == 1)

    @invariant()
    def counts_by_status_sum_to_the_roster(self) -> None:
        roster = [RosterLine("m1", "u1", None)] if self.member.on_roster else []
        platform = [
            PlatformLine(one.id, "m1", one.community_code, standing)
            for one in self.all
            if (standing := one.standing_on(LATE)) is not None
        ]
        counts = counted(reconcile(roster, platform, {}, {} if roster else {"m1": "u1"}))
        assert sum(count for status, count in counts.items() if status not in OFF_ROSTER) == len(roster)
        if roster:
            assert (counts[ReconciliationStatus.COMPLETED] == 1) == (self.standing() is not None)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_a_transfer_goes_to_another_community() -> None:
    with pytest.raises(AlreadyThere):
        completed().require_transferable(Placement(COMMUNITY, Basis.RESIDENCE))


def test_only_a_completed_registration_takes_leave_and_leaves_never_overlap() -> None:
    registration = completed()
    first, last = date(2016, 7, 1), date(2016, 7, 31)

    registration.grant_leave(first, last, "study")
    registration.grant_leave(date(2016, 6, 1), date(2016, 6, 30), "illness")

    assert registration.snapshot().on_leave_until == last
    with pytest.raises(LeaveOverlaps):
        registration.grant_leave(last, date(2016, 8, 31), "study")
    with pytest.raises(Refusal):
        submitted().grant_leave(first, last, "study")


def test_a_registration_follows_its_member_to_another_unit() -> None:
    unit = register_unit("u2", name="卫生局", credit_code=credit_code(2), line="health", division="350803")
    moved = new_member("m1", unit, sealed="", id_index="", residence=None, on=TODAY)
    registration = completed()

    registration.follow(moved)

    assert (registration.unit_id, registration.unit_division, registration.line) == ("u2", "350803", "health")
    assert registration.take_facts() == ["registration-unit-changed"]


def test_a_registration_tells_when_its_member_left_the_roster() -> None:
    unit = register_unit("u1", name="卫生局", credit_code=credit_code(2), line="health", division="350803")
    member = new_member("m1", unit, sealed="", id_index="", residence=None, on=date(2016, 1, 1))
    member.leave(TODAY)
    registration = completed()

    registration.follow(member)

    assert registration.take_facts() == ["registration-roster-left"]
    assert (registration.status, registration.snapshot().left_roster_on) == (RegistrationStatus.COMPLETED, TODAY)
