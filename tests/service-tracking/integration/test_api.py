"""The subgraph as its clients see it: a service from offer to confirmation, and every way of being refused."""

from typing import Any

import pytest
from service_tracking.domain.claim import Decision
from service_tracking.storage.collections import CLAIMS, OFFERS, RECORDS
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from servicekit.domain import new_id
from servicekit.security import Role

REFUSAL = "... on Refusal { code message nextStep path }"
PUBLISH = f"""mutation($input: PublishPostInput!) {{
  publishPost(input: $input) {{ ... on Post {{ id status placesLeft opensOn }} {REFUSAL} }} }}"""
PUBLISH_WISHES = f"""mutation($inputs: [PublishWishInput!]!) {{
  publishWishes(inputs: $inputs) {{ ... on PublishWishesPayload {{ outcomes {{ ... on Wish {{ id }} {REFUSAL} }} }}
  ... on TooManyRows {{ limit actual }} {REFUSAL} }} }}"""
CLAIM = f"""mutation($input: ClaimOfferInput!) {{
  claimOffer(input: $input) {{ ... on Claim {{ id status onBehalf member {{ id }} offer {{ placesLeft }} }}
  ... on OfferFull {{ capacity }} {REFUSAL} }} }}"""
REVIEW = f"""mutation($input: ReviewClaimInput!) {{
  reviewClaim(input: $input) {{ ... on Claim {{ status review {{ by }} }} {REFUSAL} }} }}"""
SUBMIT = f"""mutation($input: SubmitRecordInput!) {{
  submitRecord(input: $input) {{ ... on ServiceRecord {{ id status hours onBehalf recorder community {{ code }} }}
  {REFUSAL} }} }}"""
SUBMIT_ALL = f"""mutation($inputs: [SubmitRecordInput!]!) {{
  submitRecords(inputs: $inputs) {{
    ... on SubmitRecordsPayload {{ outcomes {{ __typename ... on ServiceRecord {{ id }} {REFUSAL} }} }}
    ... on TooManyRows {{ limit actual }} {REFUSAL} }} }}"""
CONFIRM = f"""mutation($input: ConfirmRecordInput!) {{
  confirmRecord(input: $input) {{ ... on ServiceRecord {{ status confirmation {{ by method note }} }} {REFUSAL} }} }}"""
SERVED = {"activity": "Night patrol", "servedOn": "2026-03-05", "hours": "1.5", "vanguard": "VOLUNTEERING"}


async def test_a_service_from_offer_to_confirmation(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    host, me = (Role.HOST, town.community), (Role.MEMBER, member)

    post = await api.result(
        PUBLISH, host, input={"communityCode": town.community, "title": "Night patrol", "capacity": 2}
    )
    claim = await api.result(CLAIM, me, input={"offerId": post["id"]})
    review = await api.result(REVIEW, host, subject="h", input={"claimId": claim["id"], "decision": "APPROVE"})
    record = await api.result(SUBMIT, me, subject="m", input={**SERVED, "claimId": claim["id"]})
    confirmed = await api.result(
        CONFIRM, host, subject="h", input={"recordId": record["id"], "method": "PHONE", "note": "fine"}
    )

    assert (post["status"], post["placesLeft"]) == ("PUBLISHED", 2)
    assert (claim["status"], claim["onBehalf"], claim["member"], claim["offer"]) == (
        "PENDING",
        False,
        {"id": member},
        {"placesLeft": 2},
    )
    assert review == {"status": "APPROVED", "review": {"by": "h"}}
    assert (record["hours"], record["onBehalf"], record["recorder"]) == ("1.5", False, "m")
    assert record["community"] == {"code": town.community}
    assert confirmed == {"status": "CONFIRMED", "confirmation": {"by": "h", "method": "PHONE", "note": "fine"}}


@pytest.mark.parametrize("hours", ["0", "-1", "25", "1e9", "0.25", "NaN"])
async def test_impossible_hours_are_refused_with_their_field(town: Any, api: Any, hours: str) -> None:
    (member,) = await town.members(1)

    refused = await api.result(SUBMIT, (Role.MEMBER, member), input={**SERVED, "hours": hours})

    assert (refused["code"], refused["path"]) == ("InvalidInput", "input.hours")
    assert await town.database[RECORDS].count_documents({"member_id": member}) == 0


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"servedOn": "2999-01-01"}, "input.servedOn"),
        ({"content": "x" * 10_000}, "input.content"),
        ({"activity": "x" * 10_000}, "input.activity"),
        ({"activity": "  "}, "input.activity"),
        ({"communityCode": "nowhere"}, "input.communityCode"),
        ({"reference": "x" * 101}, "input.reference"),
    ],
)
async def test_a_wrong_field_of_a_record_is_named(town: Any, api: Any, wrong: dict[str, str], path: str) -> None:
    (member,) = await town.members(1)

    refused = await api.result(SUBMIT, (Role.MEMBER, member), input={**SERVED, **wrong})

    assert (refused["code"], refused["path"]) == ("InvalidInput", path)
    assert refused["nextStep"]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"capacity": 0}, "input.capacity"),
        ({"capacity": 10_001}, "input.capacity"),
        ({"title": "x" * 10_000}, "input.title"),
        ({"opensOn": "2026-03-02", "closesOn": "2026-03-01"}, "input.closesOn"),
    ],
)
async def test_a_wrong_field_of_a_post_is_named(town: Any, api: Any, wrong: dict[str, Any], path: str) -> None:
    given = {"communityCode": town.community, "title": "Night patrol", "capacity": 2, **wrong}

    refused = await api.result(PUBLISH, (Role.HOST, town.community), input=given)

    assert (refused["code"], refused["path"]) == ("InvalidInput", path)
    assert await town.database[OFFERS].count_documents({"community": town.community}) == 0


async def test_an_unregistered_member_is_refused_in_the_language_asked_for(town: Any, api: Any) -> None:
    offer, stranger = await town.offer(), new_id()
    token = api.token((Role.MEMBER, stranger))

    answers = [await api.send(CLAIM, token, language, input={"offerId": offer.id}) for language in ("zh", "en")]

    zh, en = (answer["data"]["claimOffer"] for answer in answers)
    assert (zh["code"], zh["path"]) == ("MemberNotRegistered", "input.memberId")
    assert zh["message"] == "该党员尚未在社区完成报到。"
    assert en["message"] == "The member has no completed registration with a community."
    assert await town.database[CLAIMS].count_documents({"offer_id": offer.id}) == 0


async def test_a_full_offer_says_how_many_places_it_has(town: Any, api: Any) -> None:
    offer = await town.offer(auto_approve=True)
    first, second = await town.members(2)
    await town.claim(offer, first)

    refused = await api.result(CLAIM, (Role.MEMBER, second), input={"offerId": offer.id})

    assert (refused["code"], refused["capacity"], refused["path"]) == ("OfferFull", 1, "input.offerId")


async def test_501_rows_are_refused_and_nothing_is_stored(town: Any, api: Any) -> None:
    row = {"communityCode": town.community, "title": "A lamp"}

    refused = await api.result(PUBLISH_WISHES, (Role.HOST, town.community), inputs=[row] * 501)

    assert (refused["code"], refused["limit"], refused["actual"]) == ("TooManyRows", 500, 501)
    assert await town.database[OFFERS].count_documents({"community": town.community}) == 0


async def test_500_rows_are_taken_and_none_is_no_mistake(town: Any, api: Any) -> None:
    row = {"communityCode": town.community, "title": "A lamp"}

    published = await api.result(PUBLISH_WISHES, (Role.HOST, town.community), inputs=[row] * 500)
    nothing = await api.result(PUBLISH_WISHES, (Role.HOST, town.community), inputs=[])

    assert len({outcome["id"] for outcome in published["outcomes"]}) == 500
    assert nothing == {"outcomes": []}


async def test_each_row_of_a_batch_has_an_outcome_of_its_own(town: Any, api: Any) -> None:
    mine, theirs, stranger = *(await town.members(1)), *(await town.members(1, unit="elsewhere")), new_id()
    rows = [
        {**SERVED, "memberId": mine},
        {**SERVED, "memberId": theirs},
        {**SERVED, "memberId": stranger},
        {**SERVED, "memberId": mine, "hours": "25"},
        {**SERVED, "memberId": mine, "claimId": "no such claim"},
        {**SERVED},
        {**SERVED, "memberId": mine, "servedOn": "2026-03-06"},
    ]

    answered = await api.result(SUBMIT_ALL, (Role.UNIT_ADMIN, town.unit), inputs=rows)

    outcomes = answered["outcomes"]
    assert [(one["__typename"], one.get("path")) for one in outcomes] == [
        ("ServiceRecord", None),
        ("NotPermitted", "inputs.1"),
        ("MemberNotRegistered", "inputs.2.memberId"),
        ("InvalidInput", "inputs.3.hours"),
        ("NotFound", "inputs.4.claimId"),
        ("InvalidInput", "inputs.5.memberId"),
        ("ServiceRecord", None),
    ]
    assert await town.database[RECORDS].count_documents({"community": town.community}) == 2


async def test_only_who_could_confirm_it_may_vouch_for_a_service(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    given = {**SERVED, "memberId": member, "provenance": "CHECKED_IN"}

    as_unit = await api.result(SUBMIT, (Role.UNIT_ADMIN, town.unit), input=given)
    as_host = await api.result(SUBMIT, (Role.HOST, town.community), subject="h", input=given)

    assert (as_unit["code"], as_unit["path"]) == ("NotPermitted", "input.provenance")
    assert (as_host["status"], as_host["onBehalf"], as_host["recorder"]) == ("SUBMITTED", True, "h")


async def test_a_host_who_is_the_member_can_not_confirm_the_own_record(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    record = await town.submit(member)
    both = [(Role.HOST, town.community), (Role.MEMBER, member)]

    refused = await api.result(CONFIRM, *both, input={"recordId": record.id, "method": "VISIT"})

    assert refused["code"] == "OwnRecord"


async def test_a_host_can_not_take_a_record_into_another_community(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    claim = await town.claim(await town.offer(community="350803999001"), member)
    await town.run(review_claims, [ReviewClaim(claim.id, Decision.APPROVE)])
    given = {**SERVED, "memberId": member, "claimId": claim.id, "communityCode": town.community}

    refused = await api.result(SUBMIT, (Role.HOST, town.community), input=given)

    assert refused["code"] == "NotPermitted"


async def test_a_date_that_does_not_exist_is_a_readable_mistake(town: Any, api: Any) -> None:
    answer = await api.ask(SUBMIT, (Role.MEMBER, "m"), input={**SERVED, "servedOn": "2026-02-30"})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
