"""Units are known by their unified social credit codes; agreements have one primary a unit and a term."""

from datetime import date

import pytest
from registration.domain.agreements import Agreement, AgreementAlreadyActive, AgreementAlreadyEnded, sign_agreement
from registration.domain.units import check_credit_code
from servicekit.domain import InvalidInput

from tests.registration.samples import COMMUNITY, credit_code


def test_a_credit_code_is_taken_without_its_separators() -> None:
    code = credit_code(7)

    assert check_credit_code(f" {code[:2]}-{code[2:].lower()} ") == code


@pytest.mark.parametrize(
    ("code", "why"), [("123", "18"), (credit_code(1)[:-1] + "?", "characters"), ("1135080200000000AB", "check")]
)
def test_a_wrong_credit_code_says_why(code: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_credit_code(code)

    assert why in refused.value.message("en")
    assert refused.value.path == "credit_code"


def signed() -> Agreement:
    return sign_agreement(
        "a1",
        unit_id="u1",
        community_code=COMMUNITY,
        primary=True,
        support=[],
        starts_on=date(2016, 1, 1),
        ends_on=date(2016, 12, 31),
    )


def test_an_agreement_is_in_force_within_its_term_until_it_is_ended() -> None:
    agreement = signed()

    assert agreement.in_force(date(2016, 12, 31))
    assert not agreement.in_force(date(2017, 1, 1))
    agreement.end(date(2016, 6, 1))
    assert not agreement.in_force(date(2016, 6, 2))
    with pytest.raises(AgreementAlreadyEnded):
        agreement.end(date(2016, 7, 1))


def test_an_active_agreement_is_not_signed_again_and_an_ended_one_is_renewed() -> None:
    agreement = signed()
    term = {"primary": False, "support": [], "starts_on": date(2017, 1, 1), "ends_on": None}

    with pytest.raises(AgreementAlreadyActive):
        agreement.renew(**term)  # type: ignore[arg-type]
    agreement.end(date(2016, 12, 31))
    agreement.renew(**term)  # type: ignore[arg-type]

    assert agreement.in_force(date(2020, 1, 1))
    assert agreement.take_facts() == ["agreement-signed", "agreement-ended", "agreement-signed"]


def test_a_term_does_not_end_before_it_starts() -> None:
    agreement = signed()

    with pytest.raises(InvalidInput):
        agreement.end(date(2015, 12, 31))
