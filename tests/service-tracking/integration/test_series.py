"""Posts that recur on the real database: published ahead once, claimed day by day, and ended with what is to come."""

import asyncio
from datetime import timedelta
from typing import Any

from service_tracking.app import SERVICE
from service_tracking.domain.claim import Claim
from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer
from service_tracking.domain.refusals import OfferFull
from service_tracking.storage.collections import CLAIMS, OFFERS, SERIES
from service_tracking.use_cases.expand_series import expand_series
from servicekit.domain import FixedClock, SystemClock
from servicekit.security import Role
from servicekit.storage.commands import Commands
from servicekit.storage.work import restore

PUBLISH = """mutation($input: PublishRecurringPostInput!) { publishRecurringPost(input: $input) {
  ... on RecurringPost { id recurrence
    posts(first: 100) { nodes { id occursOn capacity placesLeft skills series { id } } } }
  ... on Refusal { code path } } }"""
END = """mutation($id: ID!) { endRecurringPost(input: {id: $id}) {
  ... on RecurringPost { endedOn } ... on Refusal { code } } }"""
LISTED = (
    "query($of: [_Any!]!) { _entities(representations: $of) { ... on Community { recurringPosts { nodes { id } } } } }"
)


async def posts(town: Any, series_id: str) -> list[Offer]:
    found = town.database[OFFERS].find({"series_id": series_id}, sort=[("occurs_on", 1)])
    return [restore(Offer, document) async for document in found]


async def test_each_day_is_a_post_with_a_capacity_of_its_own(town: Any) -> None:
    series = await town.series(auto_approve=True, capacity=1)
    first, second, *_ = await posts(town, series.id)
    members = await town.members(2)

    claims = await asyncio.gather(
        *(town.claim(post, member) for post in (first, second) for member in members), return_exceptions=True
    )

    assert sorted(type(claim).__name__ for claim in claims) == ["Claim", "Claim", "OfferFull", "OfferFull"]
    assert {claim.offer_id for claim in claims if isinstance(claim, Claim)} == {first.id, second.id}
    assert any(isinstance(claim, OfferFull) for claim in claims)


async def test_a_host_publishes_and_ends_it_through_the_graph(town: Any, api: Any) -> None:
    host = (Role.HOST, town.community)
    input = {
        "communityCode": town.community,
        "title": "Saturday patrol",
        "capacity": 4,
        "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
        "startsOn": "2026-01-01",
        "reference": "patrol",
        "skills": ["first aid"],
    }

    made = await api.result(PUBLISH, host, input=input)
    again = await api.result(PUBLISH, host, input=input)
    bad = await api.result(PUBLISH, host, input={**input, "reference": "bad", "recurrence": "FREQ=SECONDLY"})
    (listed,) = await api.result(LISTED, host, of=[{"__typename": "Community", "code": town.community}])
    ended = await api.result(END, host, id=made["id"])

    nodes = made["posts"]["nodes"]
    assert len(nodes) in (16, 17)
    assert {(node["capacity"], node["placesLeft"], node["series"]["id"]) for node in nodes} == {(4, 4, made["id"])}
    assert {tuple(node["skills"]) for node in nodes} == {("first aid",)}
    assert again == made
    assert bad == {"code": "InvalidInput", "path": "input.recurrence"}
    assert [node["id"] for node in listed["recurringPosts"]["nodes"]] == [made["id"]]
    assert ended["endedOn"] == day_of(SystemClock().now()).isoformat()
    assert (await api.result(END, host, id=made["id"]))["code"] == "StepNotPossible"


async def test_more_posts_come_with_time_and_two_workers_publish_none_twice(town: Any) -> None:
    series = await town.series()
    before = await posts(town, series.id)
    later = FixedClock(SystemClock().now() + timedelta(days=21))
    commands = [Commands(town.database, source=SERVICE.name, clock=later) for _ in range(3)]

    await asyncio.gather(*(one.run(expand_series) for one in commands))

    after = await posts(town, series.id)
    assert len(after) - len(before) == 3
    assert len({post.occurs_on for post in after}) == len(after)
    assert (await town.kept(SERIES, series.id))["expand_on"] == (day_of(later.now()) + timedelta(days=7)).isoformat()


async def test_the_end_closes_what_is_to_come_and_releases_its_claims(town: Any, api: Any) -> None:
    series = await town.series(auto_approve=True)
    (member,) = await town.members(1)
    claim = await town.claim((await posts(town, series.id))[-1], member)

    await api.result(END, (Role.HOST, town.community), id=series.id)

    today = day_of(SystemClock().now())
    assert {post.status.value for post in await posts(town, series.id) if post.occurs_on > today} == {"CLOSED"}
    assert (await town.kept(CLAIMS, claim.id))["status"] == "RELEASED"
    assert (await town.kept(SERIES, series.id))["expand_on"] is None


async def test_the_end_against_a_claim_leaves_no_live_claim(town: Any, api: Any) -> None:
    for member in await town.members(4):
        series = await town.series()
        post = (await posts(town, series.id))[-1]

        await asyncio.gather(
            api.result(END, (Role.HOST, town.community), id=series.id),
            town.claim(post, member),
            return_exceptions=True,
        )

        live = {"offer_id": post.id, "status": {"$in": ["PENDING", "APPROVED"]}}
        assert await town.database[CLAIMS].count_documents(live) == 0


async def test_a_series_is_told_and_only_its_first_post_is_new(town: Any) -> None:
    series = await town.series()
    published = [(await town.told(post.id))[0].data for post in await posts(town, series.id)]

    assert [event.fact for event in await town.told(series.id)] == ["recurring-post-published"]
    assert [data["repeats"] for data in published] == [False] + [True] * (len(published) - 1)
