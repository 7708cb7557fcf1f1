"""Bad input through the graph: each is refused by name, with its field's path and the next step, and stores nothing."""

from typing import Any

import pytest
from service_tracking.storage.collections import CLAIMS, OFFERS, POLICIES, RECORDS
from servicekit.security import Role

REFUSED = "__typename ... on Refusal { code path message nextStep }"
SUBMIT = f"mutation($input: SubmitRecordInput!) {{ submitRecord(input: $input) {{ {REFUSED} }} }}"
CLAIM = f"mutation($input: ClaimOfferInput!) {{ claimOffer(input: $input) {{ {REFUSED} }} }}"
POST = f"mutation($input: PublishPostInput!) {{ publishPost(input: $input) {{ {REFUSED} }} }}"
RULE = f"mutation($input: SetServicePolicyInput!) {{ setServicePolicy(input: $input) {{ {REFUSED} }} }}"


@pytest.fixture
async def member(town: Any) -> str:
    (member,) = await town.members(1)
    return str(member)


async def stored(town: Any) -> int:
    here = {"community": town.community}
    counts = [await town.database[name].count_documents(here) for name in (OFFERS, CLAIMS, RECORDS)]
    return sum(counts) + int(await town.database[POLICIES].count_documents({"division": town.community}))


async def refused(town: Any, api: Any, document: str, grant: Any, input: dict[str, Any]) -> tuple[str, str]:
    """The code and path of the refusal; it says what to do next, and nothing was stored."""
    before = await stored(town)
    answer = await api.result(document, grant, input=input)
    assert answer["message"], answer
    assert answer["nextStep"], answer
    assert await stored(town) == before
    return answer["code"], answer["path"]


def served(**changes: Any) -> dict[str, Any]:
    told = {"activity": "Patrol", "servedOn": "2026-03-05", "hours": "1.5", "vanguard": "VOLUNTEERING"}
    return {**told, **changes}


@pytest.mark.parametrize("hours", ["0", "-1", "25", "1e9", "1000000000", "0.05", "NaN", "Infinity"])
async def test_hours_that_nobody_can_serve(town: Any, api: Any, member: str, hours: str) -> None:
    answer = await api.ask(SUBMIT, (Role.MEMBER, member), input=served(hours=hours))

    assert answer["data"]["submitRecord"]["code"] == "InvalidInput", answer
    assert answer["data"]["submitRecord"]["path"] == "input.hours"
    assert await stored(town) == 0


async def test_an_offer_that_closes_before_it_opens(town: Any, api: Any) -> None:
    input = {"communityCode": town.community, "title": "Patrol", "capacity": 2}
    term = {"opensOn": "2026-05-02", "closesOn": "2026-05-01"}

    assert await refused(town, api, POST, (Role.HOST, town.community), input | term) == (
        "InvalidInput",
        "input.closesOn",
    )


async def test_a_policy_that_ends_before_it_starts(town: Any, api: Any) -> None:
    input = {"divisionCode": town.community, "backlog": "OLD_RULES", "startsOn": "2026-05-02", "endsOn": "2026-05-01"}

    assert await refused(town, api, RULE, (Role.COUNTY_ADMIN, town.community[:6]), input) == (
        "InvalidInput",
        "input.endsOn",
    )


async def test_a_day_that_has_not_come(town: Any, api: Any, member: str) -> None:
    code_and_path = await refused(town, api, SUBMIT, (Role.MEMBER, member), served(servedOn="2199-01-01"))

    assert code_and_path == ("InvalidInput", "input.servedOn")


async def test_a_day_outside_the_window_of_the_policy(town: Any, api: Any, member: str) -> None:
    await town.rule(backdating_days=10)

    code_and_path = await refused(town, api, SUBMIT, (Role.MEMBER, member), served(servedOn="2016-03-05"))

    assert code_and_path == ("OutsideWindow", "input.servedOn")


@pytest.mark.parametrize("field", ["activity", "content", "place", "personInCharge", "evidence", "reference"])
async def test_a_text_of_10_000_characters(town: Any, api: Any, member: str, field: str) -> None:
    code_and_path = await refused(town, api, SUBMIT, (Role.MEMBER, member), served(**{field: "长" * 10_000}))

    assert code_and_path == ("InvalidInput", f"input.{field}")


async def test_a_claim_by_an_unregistered_member(town: Any, api: Any) -> None:
    offer = await town.offer()

    code_and_path = await refused(town, api, CLAIM, (Role.MEMBER, "a stranger"), {"offerId": offer.id})

    assert code_and_path == ("MemberNotRegistered", "input.memberId")


@pytest.mark.parametrize(
    ("reach", "near", "far"),
    [
        ("COUNTY", "350802998001", "350803998001"),
        ("SUBDISTRICT", None, "350802999001"),
        ("COMMUNITY", None, "350802999001"),
    ],
)
async def test_a_claim_by_a_member_of_another_district_where_the_policy_forbids_it(
    town: Any, api: Any, member: str, reach: str, near: str | None, far: str
) -> None:
    offers = {place: await town.offer(community=place, capacity=5) for place in (near or town.community, far)}
    for place in offers:
        input = {"divisionCode": place, "backlog": "OLD_RULES", "startsOn": "2016-01-01", "claimsWithin": reach}
        await api.result(RULE, (Role.CITY_ADMIN, "350800"), input=input)

    allowed = await api.result(CLAIM, (Role.MEMBER, member), input={"offerId": offers[near or town.community].id})
    code_and_path = await refused(town, api, CLAIM, (Role.MEMBER, member), {"offerId": offers[far].id})

    assert allowed["__typename"] == "Claim"
    assert code_and_path == ("RegisteredElsewhere", "input.memberId")
