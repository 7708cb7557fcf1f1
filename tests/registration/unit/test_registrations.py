"""Dual registration: complete only when the unit's certificate and the host's receipt agree."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registration.domain.agreements import Agreement, Support, sign_agreement
from registration.domain.certificates import CertificateVoided, certificate_number, check_certificate_number
from registration.domain.divisions import CommunityWithdrawn, Division, new_division
from registration.domain.members import Member, NotOnRoster, new_member
from registration.domain.placement import Basis, NoPlacement, Placement, place
from registration.domain.registrations import (
    OPEN,
    Registration,
    RegistrationAlreadyCertified,
    RegistrationAlreadyCompleted,
    RegistrationAlreadySubmitted,
    RegistrationClosed,
    RegistrationNotCertified,
    RegistrationStatus,
    submit_registration,
)
from registration.domain.units import register_unit
from servicekit.domain import InvalidInput, Refusal

from tests.registration.samples import COMMUNITY, OTHER_COMMUNITY, credit_code

NOW = datetime(2016, 5, 31, 20, 0, tzinfo=UTC)
TODAY = date(2016, 6, 1)
NUMBER, SECOND = certificate_number("350802", 1), certificate_number("350802", 2)


def member() -> Member:
    unit = register_unit("u1", name="教育局", credit_code=credit_code(1), line="education", division="350802")
    return new_member("m1", unit, sealed="", id_index="", residence=None, on=TODAY)


def submitted() -> Registration:
    registration = submit_registration("r1", member(), Placement(COMMUNITY, Basis.RESIDENCE), NOW)
    registration.take_facts()
    return registration


def certified(number: str = NUMBER) -> Registration:
    registration = submitted()
    registration.certify(number, NOW)
    registration.take_facts()
    return registration


def completed() -> Registration:
    registration = certified()
    registration.receive(NUMBER, signed_by="host", on=TODAY, now=NOW)
    registration.take_facts()
    return registration


def test_the_receipt_for_the_certificate_completes_it() -> None:
    registration = certified()

    registration.receive(NUMBER, signed_by="host", on=TODAY, now=NOW)

    assert registration.status is RegistrationStatus.COMPLETED
    assert registration.take_facts() == ["registration-completed"]
    assert registration.snapshot().completed_on == TODAY


def test_dates_are_the_citys() -> None:
    assert submitted().snapshot().submitted_on == TODAY


def test_a_second_receipt_is_refused() -> None:
    with pytest.raises(RegistrationAlreadyCompleted):
        completed().receive(NUMBER, signed_by="host", on=TODAY, now=NOW)


def test_a_voided_certificate_is_refused_with_the_date() -> None:
    registration = certified()
    registration.void_certificate("遗失", NOW)
    registration.certify(SECOND, NOW + timedelta(days=1))

    with pytest.raises(CertificateVoided) as refused:
        registration.receive(NUMBER, signed_by="host", on=TODAY, now=NOW)
    registration.receive(SECOND, signed_by="host", on=TODAY, now=NOW)

    assert refused.value.fields["voided_on"] == TODAY
    assert "2016-06-01" in refused.value.message("en")
    assert registration.status is RegistrationStatus.COMPLETED


def test_a_withdrawn_registrations_certificate_is_void() -> None:
    registration = certified()
    registration.withdraw("搬家", NOW)

    with pytest.raises(CertificateVoided):
        registration.receive(NUMBER, signed_by="host", on=TODAY, now=NOW)


def test_a_certificate_is_issued_once() -> None:
    with pytest.raises(RegistrationAlreadyCertified) as refused:
        certified().certify(SECOND, NOW)

    assert refused.value.fields["certificate_number"] == NUMBER


def test_what_is_not_certified_has_nothing_to_void() -> None:
    with pytest.raises(RegistrationNotCertified):
        submitted().void_certificate("x", NOW)


@pytest.mark.parametrize("act", ["reject", "withdraw", "void_certificate"])
def test_a_completed_registration_is_not_undone(act: str) -> None:
    with pytest.raises(RegistrationAlreadyCompleted):
        getattr(completed(), act)("x", NOW)


def test_only_a_completed_one_is_ended_or_put_into_a_grid() -> None:
    with pytest.raises(RegistrationClosed):
        submitted().end("x", NOW)
    with pytest.raises(RegistrationClosed):
        submitted().put_into_grid("g1")
    registration = completed()
    registration.put_into_grid("g1")
    registration.put_into_grid("g1")
    registration.end("调离", NOW)

    assert registration.take_facts() == ["registration-placed", "registration-ended"]


def test_another_submission_is_refused_while_one_is_open_or_completed() -> None:
    with pytest.raises(RegistrationAlreadySubmitted):
        certified().refuse_another()
    with pytest.raises(RegistrationAlreadyCompleted):
        completed().refuse_another()
    rejected = submitted()
    rejected.reject("不是本单位党员", NOW)

    rejected.refuse_another()


def test_whoever_is_on_no_roster_can_not_submit() -> None:
    one = member()
    one.leave(TODAY)

    with pytest.raises(NotOnRoster):
        submit_registration("r1", one, Placement(COMMUNITY, Basis.RESIDENCE), NOW)


STEPS = ["certify", "void", "receive", "receive-old", "reject", "withdraw", "end"]


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_any_order_of_steps_completes_only_what_was_certified_and_received(steps: list[str]) -> None:
    registration = submitted()
    numbers: list[str] = []
    received: set[str] = set()
    for step in steps:
        try:
            match step:
                case "certify":
                    number = certificate_number("350802", len(numbers))
                    registration.certify(number, NOW)
                    numbers.append(number)
                case "receive" | "receive-old" if numbers:
                    number = numbers[-1 if step == "receive" else 0]
                    registration.receive(number, signed_by="host", on=TODAY, now=NOW)
                    received.add(number)
                case "void":
                    registration.void_certificate("x", NOW)
                case "reject" | "withdraw" | "end":
                    getattr(registration, step)("x", NOW)
        except Refusal:
            continue

    in_force = [paper for paper in registration.certificates if paper.voided_at is None]
    assert len(in_force) <= 1
    assert len(received) <= 1
    if registration.status is RegistrationStatus.COMPLETED:
        assert [paper.number for paper in in_force] == list(received)
    if registration.status in OPEN:
        assert not received


def community(code: str = COMMUNITY, until: date | None = None) -> Division:
    return new_division(code, "社区", valid_until=until)


def agreement(ends_on: date | None = None) -> Agreement:
    return sign_agreement(
        "a1",
        unit_id="u1",
        community_code=OTHER_COMMUNITY,
        primary=True,
        support=[Support.TALENT],
        starts_on=date(2015, 1, 1),
        ends_on=ends_on,
    )


def test_residence_comes_before_the_units_agreement() -> None:
    assert place(member(), community(), None, agreement(), TODAY) == Placement(COMMUNITY, Basis.RESIDENCE)


def test_without_residence_the_units_primary_agreement_decides() -> None:
    assert place(member(), None, None, agreement(), TODAY) == Placement(OTHER_COMMUNITY, Basis.PAIRED_UNIT)


def test_an_agreement_that_is_over_places_nobody() -> None:
    with pytest.raises(NoPlacement) as refused:
        place(member(), None, None, agreement(ends_on=date(2016, 5, 31)), TODAY)

    assert "350802" in refused.value.next_step("zh")


def test_a_withdrawn_residence_is_told_and_not_passed_over() -> None:
    with pytest.raises(CommunityWithdrawn):
        place(member(), community(until=date(2016, 1, 1)), None, agreement(), TODAY)


@given(st.integers(0, 2**60 - 1))
def test_every_certificate_number_passes_its_own_check(random: int) -> None:
    number = certificate_number("350802", random)

    assert check_certificate_number(f" {number.lower()} ") == number


def test_different_random_bits_make_different_numbers() -> None:
    assert len({certificate_number("350802", 1 << bit) for bit in range(60)}) == 60


@pytest.mark.parametrize("position", [3, 10, 14, 18, 24])
def test_one_wrong_character_is_told_from_an_unknown_number(position: int) -> None:
    wrong = "7" if NUMBER[position] != "7" else "4"

    with pytest.raises(InvalidInput):
        check_certificate_number(NUMBER[:position] + wrong + NUMBER[position + 1 :])
