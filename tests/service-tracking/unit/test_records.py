"""Service records: exact hours, and somebody else behind every one of them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, RecordStatus, ServiceRecord
from service_tracking.domain.refusals import ClaimNotApproved, OwnRecord, RecordDecided, SecondPersonRequired
from service_tracking.domain.registered import Registered
from service_tracking.domain.service import Provenance, Service, Vanguard
from servicekit.domain import InvalidInput, NotFound

MEMBER = Person("m", frozenset({"member"}))
HOST = Person("host")


def confirm(record: ServiceRecord, by: Person, now: datetime) -> None:
    record.confirm(by=by, method=ConfirmationMethod.PHONE, note=None, now=now)


@pytest.mark.parametrize("hours", ["0", "-1", "25", "24.1", "1e9", "0.05", "1.25", "NaN", "Infinity", "-Infinity"])
def test_impossible_hours_are_refused(submit: Callable[..., ServiceRecord], hours: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        submit(hours=Decimal(hours))

    assert refused.value.path == "hours"


@given(tenths=st.integers(1, 240), zeros=st.integers(0, 3))
def test_every_tenth_of_an_hour_is_kept_exactly(tenths: int, zeros: int) -> None:
    hours = Decimal(tenths).scaleb(-1) * Decimal(f"1.{'0' * zeros}" if zeros else "1")
    service = Service(activity="a", served_on=date(2026, 5, 19), hours=hours, vanguard=Vanguard.MEDIATION)

    service.check(datetime.fromisoformat("2026-05-20T04:00:00+00:00"))

    assert service.exact_hours * 10 == tenths
    assert service.exact_hours.as_tuple().exponent == -1


def test_service_in_the_future_is_refused_by_the_calendar_of_china(
    submit: Callable[..., ServiceRecord], member: Registered
) -> None:
    just_after_midnight_in_china = datetime.fromisoformat("2026-05-19T16:30:00+00:00")
    service = Service("a", date(2026, 5, 20), Decimal(1), Vanguard.MEDIATION)

    service.check(just_after_midnight_in_china)
    with pytest.raises(InvalidInput) as refused:
        submit(served_on=date(2026, 5, 21))

    assert refused.value.path == "served_on"


def test_it_was_served_where_the_claim_says_else_where_told_else_at_home(
    submit: Callable[..., ServiceRecord], publish: Callable[..., Offer], claim: Callable[..., Claim]
) -> None:
    approved = claim(publish(community="350803001001", auto_approve=True))

    assert submit(claim=approved, community="350804001001").community == "350803001001"
    assert submit(community="350804001001").community == "350804001001"
    assert submit().community == "350802001001"


def test_a_claim_must_be_approved_and_the_members_own(
    submit: Callable[..., ServiceRecord], publish: Callable[..., Offer], claim: Callable[..., Claim]
) -> None:
    waiting = claim(publish())
    somebody_elses = claim(publish(auto_approve=True))
    somebody_elses.member_id = "another"

    with pytest.raises(ClaimNotApproved):
        submit(claim=waiting)
    with pytest.raises(NotFound):
        submit(claim=somebody_elses)


def test_the_member_who_served_never_confirms_or_rejects_it(
    submit: Callable[..., ServiceRecord], now: datetime
) -> None:
    both = Person("host", frozenset({"member"}))
    record = submit(by=HOST, provenance=Provenance.CHECKED_IN)

    with pytest.raises(OwnRecord):
        confirm(record, both, now)
    with pytest.raises(OwnRecord):
        record.reject(by=both, reason="no", now=now)


def test_whoever_reported_the_own_service_never_confirms_it_even_without_a_membership(
    submit: Callable[..., ServiceRecord], now: datetime
) -> None:
    record = submit(by=MEMBER)

    with pytest.raises(OwnRecord):
        confirm(record, Person("m"), now)


@pytest.mark.parametrize("provenance", [Provenance.CHECKED_IN, Provenance.GRANTED])
def test_nobody_vouches_for_the_own_service(submit: Callable[..., ServiceRecord], provenance: Provenance) -> None:
    with pytest.raises(OwnRecord):
        submit(by=MEMBER, provenance=provenance)


def test_a_granted_record_needs_a_second_person(submit: Callable[..., ServiceRecord], now: datetime) -> None:
    record = submit(by=HOST, provenance=Provenance.GRANTED)

    with pytest.raises(SecondPersonRequired):
        confirm(record, HOST, now)
    confirm(record, Person("another host"), now)

    assert record.status is RecordStatus.CONFIRMED


def test_a_checked_in_record_may_be_confirmed_by_its_recorder(
    submit: Callable[..., ServiceRecord], now: datetime
) -> None:
    record = submit(by=HOST, provenance=Provenance.CHECKED_IN)

    confirm(record, HOST, now)

    assert record.confirmation is not None
    assert (record.confirmation.by, record.confirmation.method, record.confirmation.at) == ("host", "PHONE", now)


def test_a_record_is_decided_once(submit: Callable[..., ServiceRecord], now: datetime) -> None:
    record = submit()
    confirm(record, HOST, now)

    with pytest.raises(RecordDecided):
        confirm(record, HOST, now)
    with pytest.raises(RecordDecided):
        record.reject(by=HOST, reason="late", now=now)
    assert record.take_facts() == ["record-submitted", "record-confirmed"]


def test_a_rejection_needs_a_reason(submit: Callable[..., ServiceRecord], now: datetime) -> None:
    record = submit()

    with pytest.raises(InvalidInput):
        record.reject(by=HOST, reason="  ", now=now)
    record.reject(by=HOST, reason="nobody came", now=now)

    assert record.status is RecordStatus.REJECTED
    assert record.snapshot().decided_by == "host"


def test_the_snapshot_holds_no_free_text_and_hours_as_text(submit: Callable[..., ServiceRecord]) -> None:
    record = submit(content="Visited Mrs Lin", place="Building 3", person_in_charge="Mr Chen")

    assert record.snapshot().model_dump(mode="json") == {
        "member_id": "member",
        "unit_id": "unit",
        "community": "350802001001",
        "earlier_communities": [],
        "offer_id": None,
        "served_on": "2026-05-19",
        "hours": "1.5",
        "vanguard": "VOLUNTEERING",
        "provenance": "SELF_REPORTED",
        "status": "SUBMITTED",
        "confirmed_on": None,
        "decided_by": None,
        "corrected_by": None,
    }
