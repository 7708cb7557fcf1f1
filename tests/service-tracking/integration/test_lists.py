"""Lists that hang on members, communities and offers: what of them who may see, page by page."""

from typing import Any

import pytest
from service_tracking.domain.claim import Decision
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod
from service_tracking.use_cases.close_offer import close_offer
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.review_claims import ReviewClaim, review_claims
from servicekit.security import Role

ENTITIES = """
query($of: [_Any!]!, $first: Int = 20, $after: String, $record: RecordStatus = null, $claim: ClaimStatus) {
  _entities(representations: $of) {
    ... on Member {
      id
      claims(first: $first, after: $after, status: $claim) {
        nodes { id status offer { id title } member { id } } pageInfo { hasNextPage endCursor }
      }
      services(first: $first, after: $after, status: $record) {
        nodes { id hours servedOn claim { id } confirmation { by method at } } pageInfo { hasNextPage endCursor }
      }
    }
    ... on Community {
      code
      claimed: claims(first: $first, after: $after, status: $claim) { nodes { id } pageInfo { hasNextPage endCursor } }
      records(first: $first, after: $after, status: $record) { nodes { id } pageInfo { hasNextPage endCursor } }
    }
    ... on Post { id placesLeft claimed: claims(first: $first) { nodes { id } } }
  }
}
"""
OFFERS = """
query($of: [_Any!]!, $first: Int = 20, $after: String, $kind: OfferKind, $status: OfferStatus) {
  _entities(representations: $of) {
    ... on Community {
      offers(first: $first, after: $after, kind: $kind, status: $status) {
        nodes { __typename id title placesLeft opensOn closesOn } pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""


def members(*ids: str) -> list[dict[str, str]]:
    return [{"__typename": "Member", "id": id} for id in ids]


def communities(*codes: str) -> list[dict[str, str]]:
    return [{"__typename": "Community", "code": code} for code in codes]


def ids(connection: dict[str, Any]) -> list[str]:
    return [node["id"] for node in connection["nodes"]]


@pytest.fixture
async def scene(town: Any) -> Any:
    """Two members of two units, each with a claim and a record here, the first with one of each elsewhere too."""
    (first,), (second,) = await town.members(1), await town.members(1, unit="another unit")
    here, there = await town.offer(capacity=5), await town.offer(community=f"350803{town.community[6:]}")
    town.first, town.second, town.here, town.there = first, second, here, there
    town.claims = [await town.claim(here, first), await town.claim(here, second), await town.claim(there, first)]
    town.records = [
        await town.submit(first),
        await town.submit(second),
        await town.submit(first, community=there.community),
    ]
    return town


@pytest.mark.parametrize(
    ("role", "scope", "seen"),
    [
        (Role.MEMBER, "first", [[0, 2], []]),
        (Role.UNIT_ADMIN, "unit", [[0, 2], []]),
        (Role.HOST, "community", [[0], [1]]),
        (Role.COUNTY_ADMIN, "350803", [[2], []]),
        (Role.CITY_ADMIN, "350800", [[0, 2], [1]]),
        (Role.AUDITOR, "350802", [[0], [1]]),
    ],
)
async def test_the_lists_of_members_hold_what_the_principal_may_see(
    scene: Any, api: Any, role: Role, scope: str, seen: list[list[int]]
) -> None:
    grant = (role, getattr(scene, scope, scope))

    entities = await api.result(ENTITIES, grant, of=members(scene.first, scene.second))

    assert [ids(one["claims"]) for one in entities] == [[scene.claims[i].id for i in row] for row in seen]
    assert [ids(one["services"]) for one in entities] == [[scene.records[i].id for i in row] for row in seen]


async def test_several_grants_see_what_each_of_them_sees(scene: Any, api: Any) -> None:
    grants = [(Role.HOST, scene.there.community), (Role.MEMBER, scene.second)]

    entities = await api.result(ENTITIES, *grants, of=members(scene.first, scene.second))

    assert [ids(one["claims"]) for one in entities] == [[scene.claims[2].id], [scene.claims[1].id]]


async def test_who_may_see_nothing_at_all_is_told_so(scene: Any, api: Any) -> None:
    answer = await api.ask(ENTITIES, (Role.LINE_ADMIN, "education"), of=members(scene.first))

    assert answer["data"]["_entities"] == [{"id": scene.first, "claims": None, "services": None}]
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN", "FORBIDDEN"]


async def test_the_lists_of_a_community_hold_what_the_principal_may_see(scene: Any, api: Any) -> None:
    of = communities(scene.community)

    (as_host,) = await api.result(ENTITIES, (Role.HOST, scene.community), of=of)
    (as_unit,) = await api.result(ENTITIES, (Role.UNIT_ADMIN, "another unit"), of=of)
    (as_stranger,) = await api.result(ENTITIES, (Role.HOST, "350802999999"), of=of)

    assert ids(as_host["claimed"]) == [scene.claims[0].id, scene.claims[1].id]
    assert ids(as_host["records"]) == [scene.records[0].id, scene.records[1].id]
    assert (ids(as_unit["claimed"]), ids(as_unit["records"])) == ([scene.claims[1].id], [scene.records[1].id])
    assert (ids(as_stranger["claimed"]), ids(as_stranger["records"])) == ([], [])


async def test_an_offers_claims_hold_what_the_principal_may_see(scene: Any, api: Any) -> None:
    of = [{"__typename": "Post", "id": scene.here.id}]

    (entity,) = await api.result(ENTITIES, (Role.MEMBER, scene.second), of=of)

    assert ids(entity["claimed"]) == [scene.claims[1].id]


async def test_a_claim_or_record_of_somebody_else_does_not_resolve(scene: Any, api: Any) -> None:
    document = "query($of: [_Any!]!) { _entities(representations: $of) { __typename } }"
    of = [
        {"__typename": "Claim", "id": scene.claims[0].id},
        {"__typename": "Claim", "id": scene.claims[1].id},
        {"__typename": "ServiceRecord", "id": scene.records[1].id},
        {"__typename": "Wish", "id": scene.here.id},
    ]

    entities = await api.result(document, (Role.MEMBER, scene.first), of=of)

    assert entities == [{"__typename": "Claim"}, None, None, None]


async def test_services_are_the_confirmed_ones_unless_asked_otherwise(scene: Any, api: Any) -> None:
    document = (
        "query($of: [_Any!]!) { _entities(representations: $of) { ... on Member { services { nodes { id } } } } }"
    )
    row = ConfirmRecord(scene.records[2].id, ConfirmationMethod.ORGANISER)
    await scene.run(confirm_records, Person("host"), [row])

    (entity,) = await api.result(document, (Role.MEMBER, scene.first), of=members(scene.first))

    assert ids(entity["services"]) == [scene.records[2].id]


async def test_claims_are_filtered_by_status(scene: Any, api: Any) -> None:
    await scene.run(review_claims, [ReviewClaim(scene.claims[0].id, Decision.APPROVE)])

    (entity,) = await api.result(ENTITIES, (Role.MEMBER, scene.first), of=members(scene.first), claim="APPROVED")

    assert ids(entity["claims"]) == [scene.claims[0].id]


async def test_published_offers_are_seen_by_everybody_signed_in_and_by_kind_and_status(town: Any, api: Any) -> None:
    post, wish = await town.offer(), await town.offer(kind=OfferKind.WISH)
    closed = await town.offer()
    await town.run(close_offer, closed.id)

    async def offers(**filters: str) -> list[str]:
        (entity,) = await api.result(OFFERS, (Role.MEMBER, "anybody"), of=communities(town.community), **filters)
        return ids(entity["offers"])

    assert await offers() == [post.id, wish.id, closed.id]
    assert await offers(status="PUBLISHED") == [post.id, wish.id]
    assert await offers(kind="WISH") == [wish.id]
    assert await offers(kind="POST", status="CLOSED") == [closed.id]


async def test_pages_follow_each_other_without_gap_or_repeat(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    submitted = [(await town.submit(member)).id for _ in range(7)]
    seen: list[str] = []
    after = None

    for size in (3, 3, 1):
        (entity,) = await api.result(ENTITIES, (Role.MEMBER, member), of=members(member), first=3, after=after)
        page = entity["services"]
        after = page["pageInfo"]["endCursor"]
        seen += ids(page)
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (size, len(seen) < 7)

    assert seen == submitted


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_page_has_1_to_100_items(town: Any, api: Any, first: int) -> None:
    answer = await api.ask(ENTITIES, (Role.MEMBER, "m"), of=members("m"), first=first)

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID_INPUT"}


async def test_a_cursor_of_nowhere_is_refused(town: Any, api: Any) -> None:
    answer = await api.ask(ENTITIES, (Role.MEMBER, "m"), of=members("m"), after="nowhere")

    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID_INPUT"}
