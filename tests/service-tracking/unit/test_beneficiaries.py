"""Who is helped: apart from the public text, through a guardian for a minor, erased when over."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from service_tracking.domain.beneficiary import (
    Beneficiary,
    Consent,
    ConsentGiver,
    Guardian,
    Identity,
    Reveal,
    RevealedTo,
)
from service_tracking.domain.offer import Offer, OfferDraft, OfferKind
from service_tracking.domain.refusals import BeneficiaryErased, IdentityInPublicText, NotForBeneficiary, OfferClosed
from servicekit.domain import InvalidInput

NOW = datetime(2026, 3, 5, 8, tzinfo=UTC)
GUARDIAN = Guardian(name="王建国", relation="父亲", phone="13700000001")


def offer(kind: OfferKind = OfferKind.WISH, **said: Any) -> Offer:
    draft = OfferDraft(kind=kind, community="350802001001", **{"title": "一盏台灯", **said})
    return Offer.publish(draft, id="o", by="host", now=NOW)


def identity(**said: Any) -> Identity:
    return Identity(**{"name": "林秀英", "phone": "13959012345", "address": "莲花小区 501", **said})


def told(for_: Offer, who: Identity, given_on: date = date(2026, 3, 1), version: str = "2026-1") -> Beneficiary:
    giver = ConsentGiver.GUARDIAN if who.guardian else ConsentGiver.SELF
    consent = Consent(given_by=giver, version=version, given_on=given_on)
    return Beneficiary.of(for_, who, "sealed", consent, by="host", now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        {"title": "给林秀英的台灯"},
        {"description": "联系 139 5901 2345"},
        {"description": "送到莲花小区501"},
    ],
)
def test_a_public_text_that_tells_who_it_is_for_is_refused(text: dict[str, str]) -> None:
    with pytest.raises(IdentityInPublicText) as refused:
        told(offer(**text), identity())

    assert "林秀英" not in str(refused.value)


def test_the_name_of_a_guardian_is_not_for_the_public_text_either() -> None:
    with pytest.raises(IdentityInPublicText):
        told(offer(description="请联系王建国"), identity(guardian=GUARDIAN))


def test_of_a_minor_the_contact_is_the_guardian() -> None:
    contact = identity(phone="", guardian=GUARDIAN).contact()

    assert (contact.name, contact.relation, contact.phone) == ("王建国", "父亲", "13700000001")
    assert contact.address == "莲花小区 501"


@pytest.mark.parametrize("kind", [OfferKind.POST, OfferKind.TEAM])
def test_only_wishes_and_pairing_needs_are_of_somebody(kind: OfferKind) -> None:
    with pytest.raises(NotForBeneficiary):
        told(offer(kind), identity())


@pytest.mark.parametrize(
    ("who", "consent"),
    [
        (identity(name=" "), {}),
        (identity(address=""), {}),
        (identity(phone=""), {}),
        (identity(), {"given_on": date(2026, 3, 7)}),
        (identity(), {"version": " "}),
    ],
)
def test_what_is_missing_is_named_without_the_value(who: Identity, consent: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        told(offer(), who, **consent)

    assert "林" not in str(refused.value)


def test_a_closed_need_takes_nobody() -> None:
    closed = offer()
    closed.close(NOW)

    with pytest.raises(OfferClosed):
        told(closed, identity())


def test_what_is_erased_is_gone_and_can_be_told_anew() -> None:
    beneficiary = told(offer(), identity())
    beneficiary.erase(by="host", now=NOW)

    with pytest.raises(BeneficiaryErased):
        beneficiary.token()
    with pytest.raises(BeneficiaryErased):
        beneficiary.erase(by="host", now=NOW)
    assert beneficiary.snapshot().held is False

    beneficiary.replace(told(offer(), identity()))

    assert (beneficiary.token(), beneficiary.erased_at, beneficiary.snapshot().held) == ("sealed", None, True)


def test_a_reveal_says_to_whom_and_needs_a_purpose() -> None:
    beneficiary = told(offer(), identity())

    with pytest.raises(InvalidInput):
        Reveal.log(beneficiary, None, "  ", id="r", by="host", now=NOW)

    assert Reveal.log(beneficiary, None, "a visit", id="r", by="host", now=NOW).to is RevealedTo.HOST
    assert Reveal.log(beneficiary, "claim", "a visit", id="r", by="m", now=NOW).to is RevealedTo.CLAIMANT
