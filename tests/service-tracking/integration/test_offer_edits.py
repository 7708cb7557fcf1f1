"""Editing offers on a real database: no claim is lost, no race exceeds the places or tells who is helped."""

import asyncio
from datetime import timedelta
from typing import Any

from service_tracking.domain.beneficiary import Consent, ConsentGiver, Identity
from service_tracking.domain.claim import Claim
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.refusals import IdentityInPublicText, OfferChanged, OfferFull, PlacesTaken
from service_tracking.storage.collections import BENEFICIARIES, CLAIMS, OFFERS
from service_tracking.use_cases.edit_offer import EditOffer, edit_offer
from service_tracking.use_cases.record_beneficiaries import RecordBeneficiary, record_beneficiaries
from service_tracking.use_cases.rows import only
from servicekit.domain import SystemClock
from servicekit.security import Role

TODAY = day_of(SystemClock().now())
EDIT = """mutation($v: EditOfferInput!) { editOffer(input: $v) { __typename
  ... on Offer { version title capacity placesLeft closesOn waiting } ... on Refusal { code path nextStep } } }"""
NAMED = Identity(name="林秀英", phone="13959012345", address="莲花小区 501")
CONSENT = Consent(given_by=ConsentGiver.SELF, version="2026-1", given_on=TODAY)


def edit(town: Any, offer: Offer, version: int = 1, **changes: Any) -> Any:
    return town.run(edit_offer, town.vault, EditOffer(offer.id, version, changes))


async def test_a_host_edits_what_is_said_and_what_is_left_out_stays(town: Any, api: Any) -> None:
    offer = await town.offer(capacity=2, closes_on=TODAY + timedelta(days=9), description="as ever")
    host = (Role.HOST, town.community)
    input = {"offerId": offer.id, "version": 1, "title": "Day patrol"}

    edited = await api.result(EDIT, host, v=input)
    again = await api.result(EDIT, host, v=input)
    stale = await api.result(EDIT, host, v={**input, "title": "Dawn patrol"})
    open_ended = await api.result(EDIT, host, v={"offerId": offer.id, "version": 2, "closesOn": None})
    past = await api.result(EDIT, host, v={"offerId": offer.id, "version": 3, "closesOn": "2020-01-01"})

    assert (edited["version"], edited["title"], edited["closesOn"]) == (2, "Day patrol", str(offer.closes_on))
    assert again == edited
    assert (stale["code"], stale["path"]) == ("OfferChanged", "input.version")
    assert (open_ended["version"], open_ended["closesOn"]) == (3, None)
    assert (past["code"], past["path"]) == ("InvalidInput", "input.closesOn")
    assert (await town.kept(OFFERS, offer.id))["description"] == "as ever"
    assert [event.fact for event in await town.told(offer.id)] == ["offer-published", "offer-edited", "offer-edited"]


async def test_added_places_go_to_who_waits_and_claims_keep_their_history(town: Any) -> None:
    offer = await town.offer(capacity=1, auto_approve=True)
    first, second, third = await town.members(3)
    held = await town.claim(offer, first)
    waits, behind = await town.claim(offer, second, wait=True), await town.claim(offer, third, wait=True)

    edited = await edit(town, offer, capacity=2)

    kept = [(await town.kept(CLAIMS, claim.id))["status"] for claim in (held, waits, behind)]
    assert kept == ["APPROVED", "APPROVED", "WAITING"]
    assert (edited.places_left, (await town.kept(OFFERS, offer.id))["places_left"]) == (0, 0)
    assert (await town.kept(CLAIMS, held.id))["version"] == held.version


async def test_fewer_places_against_claims_never_leave_fewer_than_are_taken(town: Any) -> None:
    for _ in range(3):
        offer = await town.offer(capacity=6, auto_approve=True)
        members = await town.members(6)

        *claims, edited = await asyncio.gather(
            *(town.claim(offer, member) for member in members), edit(town, offer, capacity=3), return_exceptions=True
        )

        kept = await town.kept(OFFERS, offer.id)
        approved = await town.database[CLAIMS].count_documents({"offer_id": offer.id, "status": "APPROVED"})
        assert kept["capacity"] == (6 if isinstance(edited, PlacesTaken) else 3)
        assert approved + kept["places_left"] == kept["capacity"]
        assert approved == sum(isinstance(one, Claim) for one in claims)
        assert {type(one) for one in (*claims, edited)} <= {Claim, Offer, OfferFull, PlacesTaken}


async def test_of_two_who_edit_the_same_version_one_is_told_to_look_again(town: Any) -> None:
    offer = await town.offer()

    outcomes = await asyncio.gather(
        *(edit(town, offer, title=f"Patrol {turn}") for turn in range(4)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["Offer"] + ["OfferChanged"] * 3
    assert OfferChanged in {type(one) for one in outcomes}
    assert (await town.kept(OFFERS, offer.id))["version"] == 2


async def test_no_edit_tells_who_is_helped_not_even_when_that_is_recorded_at_the_same_moment(town: Any) -> None:
    settled = await town.offer(kind=OfferKind.PAIRING)
    await town.beneficiary(settled)

    (refused,) = await asyncio.gather(edit(town, settled, title="For 林 秀英"), return_exceptions=True)
    assert isinstance(refused, IdentityInPublicText)

    for _ in range(4):
        need = await town.offer(kind=OfferKind.PAIRING)
        row = RecordBeneficiary(need.id, NAMED, CONSENT)

        await asyncio.gather(
            edit(town, need, title="For 林秀英"),
            town.run(lambda work, row=row: _record(town, work, row)),
            return_exceptions=True,
        )

        told = "林秀英" in (await town.kept(OFFERS, need.id))["title"]
        recorded = await town.database[BENEFICIARIES].find_one({"_id": need.id}) is not None
        assert told != recorded


async def _record(town: Any, work: Any, row: RecordBeneficiary) -> Any:
    return only(await record_beneficiaries(work, town.vault, [row]))
