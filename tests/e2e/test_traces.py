"""One trace from the client's command to the books that count it."""

import secrets

import aiohttp

from tests.e2e.collector import Collector
from tests.e2e.conftest import Town
from tests.support.waiting import eventually

SUBMIT = "mutation($input: SubmitRecordInput!) { submitRecord(input: $input) { __typename } }"


async def test_a_command_and_all_that_follows_it_are_one_trace(town: Town, collector: Collector) -> None:
    person, member = next((one, id) for one, id in town.stage.members.items() if one.fate.completes)
    row = {
        "memberId": member,
        "communityCode": person.community,
        "activity": "文明劝导",
        "servedOn": "2017-12-30",
        "hours": "1",
        "vanguard": "VOLUNTEERING",
        "provenance": "CHECKED_IN",
        "reference": "trace",
    }
    trace_id = secrets.token_hex(16)
    headers = {
        "authorization": f"Bearer {town.badges.host(person.community)}",
        "traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01",
    }

    async with aiohttp.ClientSession() as session:
        body = {"query": SUBMIT, "variables": {"input": row}}
        async with session.post(town.endpoint.url, json=body, headers=headers) as answer:
            assert await answer.json() == {"data": {"submitRecord": {"__typename": "ServiceRecord"}}}

    lane = person.community[:6]
    expected = {
        ("gateway", "graphql"),
        ("gateway", "fetch service-tracking"),
        ("service-tracking", "graphql"),
        ("service-tracking", "mongodb commitTransaction"),
        ("service-tracking", f"publish {lane}.service-tracking.record-submitted"),
        ("evaluation", "apply evaluation record-submitted"),
        ("evaluation", "mongodb commitTransaction"),
    }
    await eventually(lambda: expected <= collector.spans(trace_id), message=f"{expected} in one trace")
