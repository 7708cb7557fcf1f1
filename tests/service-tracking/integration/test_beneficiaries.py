"""The vault of beneficiaries: sealed, shown to the approved claimant and the host, logged, erased."""

import asyncio
from datetime import date, timedelta
from typing import Any

from service_tracking.domain.beneficiary import Consent, ConsentGiver, Guardian, Identity
from service_tracking.domain.claim import Decision
from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.storage.collections import BENEFICIARIES, CLAIMS, OFFERS, REVEALS
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.confirm_by_codes import ConfirmByCode, confirm_by_codes
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.erase_beneficiaries import KEPT_FOR, erase_what_is_over
from service_tracking.use_cases.record_beneficiaries import RecordBeneficiary, record_beneficiaries
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.domain import Refusal, SystemClock
from servicekit.security import Role

IDENTITY = Identity(name="林秀英", phone="13959012345", address="莲花小区 501")
CONSENT = Consent(given_by=ConsentGiver.SELF, version="2026-1", given_on=date(2026, 3, 1))
REVEAL = """mutation($v: RevealBeneficiaryInput!) { revealBeneficiary(input: $v) { __typename
  ... on RevealedBeneficiary { name contact { name relation phone address } } ... on Refusal { code message } } }"""
LOG = """query($offer: ID!) { beneficiary(offerId: $offer) { held minor consent { givenBy version }
  reveals { nodes { to by purpose claimId } } } }"""


async def reveal(api: Any, offer: Offer, *grants: Any, subject: str = "somebody") -> Any:
    return await api.result(REVEAL, *grants, subject=subject, v={"offerId": offer.id, "purpose": "a visit"})


async def test_the_identity_is_kept_sealed_and_nowhere_else(town: Any) -> None:
    need = await town.offer(kind=OfferKind.PAIRING)
    await town.beneficiary(need)

    kept = await town.kept(BENEFICIARIES, need.id)
    _published, event = await town.told(need.id)

    assert "林秀英" not in str(kept)
    assert "林秀英" in town.vault.open(kept["sealed"], need.id)
    assert event.data == {"offer_id": need.id, "community": town.community, "held": True}


async def test_it_is_shown_for_the_life_of_an_approved_claim_only(town: Any, api: Any) -> None:
    member, other = await town.members(2)
    need = await town.offer(kind=OfferKind.PAIRING)
    await town.beneficiary(need)
    claim = await town.claim(need, member)
    mine, theirs = (Role.MEMBER, member), (Role.MEMBER, other)

    waiting = await reveal(api, need, mine)
    await town.run(review_claims, [ReviewClaim(claim.id, Decision.APPROVE)])
    approved = await reveal(api, need, mine)
    stranger = await reveal(api, need, theirs)
    await town.run(withdraw_claim, claim.id)
    over = await reveal(api, need, mine)

    assert (waiting["code"], stranger["code"], over["code"]) == ("ClaimNotApproved", "NotPermitted", "ClaimNotApproved")
    assert approved["name"] == "林秀英"
    assert approved["contact"]["phone"] == "13959012345"
    assert await town.database[REVEALS].count_documents({"offer_id": need.id}) == 1


async def test_each_reveal_is_logged_and_the_host_sees_the_log(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    await town.beneficiary(wish)
    claim = await town.claim(wish, member)
    host = (Role.HOST, town.community)

    await reveal(api, wish, (Role.MEMBER, member), subject="the helper")
    await reveal(api, wish, host, subject="the host")

    logged = await api.result(LOG, host, offer=wish.id)
    of_community = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Community { %s } } }"
    listed = await api.data(
        of_community % "beneficiaryReveals { nodes { by } }",
        (Role.AUDITOR, "3508"),
        of=[{"__typename": "Community", "code": town.community}],
    )
    assert logged["reveals"]["nodes"] == [
        {"to": "CLAIMANT", "by": "the helper", "purpose": "a visit", "claimId": claim.id},
        {"to": "HOST", "by": "the host", "purpose": "a visit", "claimId": None},
    ]
    assert len(listed["_entities"][0]["beneficiaryReveals"]["nodes"]) == 2


async def test_of_a_minor_the_helper_learns_the_guardian_and_not_the_name(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    await town.beneficiary(wish, name="王小明", guardian=Guardian(name="王建国", relation="父亲", phone="13700000001"))
    await town.claim(wish, member)
    host = (Role.HOST, town.community)

    helper = await reveal(api, wish, (Role.MEMBER, member))
    hosts = await reveal(api, wish, host)
    about = await api.result(LOG, host, offer=wish.id)

    assert (helper["name"], hosts["name"]) == (None, "王小明")
    assert helper["contact"] == hosts["contact"]
    assert (helper["contact"]["name"], helper["contact"]["relation"]) == ("王建国", "父亲")
    assert (about["minor"], about["consent"]["givenBy"]) == (True, "GUARDIAN")


async def test_a_batch_seals_the_good_rows_and_tells_the_bad_ones_apart(town: Any) -> None:
    post, wish = await town.offer(), await town.offer(kind=OfferKind.WISH)
    rows = [RecordBeneficiary(offer.id, IDENTITY, CONSENT) for offer in (post, wish)]

    outcomes = await town.run(record_beneficiaries, town.vault, rows)

    assert [isinstance(one, Refusal) for one in outcomes] == [True, False]
    assert await town.database[BENEFICIARIES].count_documents({"community": town.community}) == 1


async def test_it_is_erased_when_the_need_is_over_and_not_before(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    wish, open_wish, pairing = [
        await town.offer(kind=kind, auto_approve=True) for kind in (OfferKind.WISH, OfferKind.WISH, OfferKind.PAIRING)
    ]
    for offer in (wish, open_wish, pairing):
        await town.beneficiary(offer)
        await town.claim(offer, member)
    for offer in (wish, pairing):
        await town.run(close_offer, offer.id)

    await town.run(erase_what_is_over)
    at_once = await town.kept(BENEFICIARIES, wish.id)
    long_ago = SystemClock().now() - KEPT_FOR - timedelta(days=1)
    await town.database[OFFERS].update_many({"_id": {"$in": [wish.id, pairing.id]}}, {"$set": {"closed_at": long_ago}})
    erased = await town.run(erase_what_is_over)

    kept = {one["_id"]: one["sealed"] async for one in town.database[BENEFICIARIES].find()}
    assert at_once["sealed"] is not None
    assert erased == 1
    assert (kept[wish.id], bool(kept[open_wish.id]), bool(kept[pairing.id])) == (None, True, True)
    assert (await reveal(api, wish, (Role.HOST, town.community)))["code"] == "BeneficiaryErased"
    assert [event.fact for event in await town.told(wish.id)][-1] == "beneficiary-erased"


async def test_a_wish_that_came_true_is_done_and_its_helper_is_shown_nobody_any_more(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    await town.beneficiary(wish)
    claim = await town.claim(wish, member)
    record, other = [await town.submit(member, claim_id=claim.id) for _ in range(2)]
    mine, host = (Role.MEMBER, member), (Role.HOST, town.community)

    before = await reveal(api, wish, mine)
    rows = [[ConfirmRecord(one.id, ConfirmationMethod.VISIT)] for one in (record, other)]
    await asyncio.gather(*(town.run(confirm_records, Person("host"), row) for row in rows))
    after = await reveal(api, wish, mine)

    assert (before["__typename"], after["code"]) == ("RevealedBeneficiary", "ClaimNotApproved")
    assert (await reveal(api, wish, host))["__typename"] == "RevealedBeneficiary"
    assert (await town.kept(CLAIMS, claim.id))["status"] == "COMPLETED"
    assert (await town.kept(OFFERS, wish.id))["status"] == "CLOSED"
    assert [event.fact for event in await town.told(claim.id)] == ["claim-approved", "claim-completed"]


async def test_a_wish_that_is_closed_shows_its_helper_nobody_and_a_pairing_that_goes_on_does(
    town: Any, api: Any
) -> None:
    (member,) = await town.members(1)
    shown = []
    for kind in (OfferKind.WISH, OfferKind.PAIRING):
        offer = await town.offer(kind=kind, auto_approve=True)
        await town.beneficiary(offer)
        await town.claim(offer, member)
        await town.run(close_offer, offer.id)
        shown.append((await reveal(api, offer, (Role.MEMBER, member)))["__typename"])

    assert shown == ["OfferClosed", "RevealedBeneficiary"]


async def test_a_code_of_who_was_helped_makes_the_wish_come_true(town: Any) -> None:
    (member,) = await town.members(1)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    claim = await town.claim(wish, member)
    record = await town.submit(member, claim_id=claim.id)
    code = await town.code(claim_id=claim.id)

    await town.run(confirm_by_codes, town.vault, [ConfirmByCode(record.id, code)])

    assert (await town.kept(CLAIMS, claim.id))["status"] == "COMPLETED"


async def test_the_host_erases_at_once_when_asked_to(town: Any, api: Any) -> None:
    wish = await town.offer(kind=OfferKind.WISH)
    await town.beneficiary(wish)
    erase = "mutation($v: EraseBeneficiaryInput!) { eraseBeneficiary(input: $v) { __typename } }"
    host = (Role.HOST, town.community)

    outcomes = [(await api.result(erase, host, v={"offerId": wish.id}))["__typename"] for _ in range(2)]

    assert outcomes == ["Beneficiary", "BeneficiaryErased"]
    assert (await town.kept(BENEFICIARIES, wish.id))["sealed"] is None
