"""What happens is told to who watches: a mutation, outbox, relay, broker, subgraph, gateway, client."""

import asyncio
import json

import aiohttp
from huijia_demo.city.model import Outcome
from servicekit.security import Role

from tests.e2e.conftest import Town

WATCH = """
subscription($community: ID!) {
  serviceConfirmed(community: $community) { activity hours member { name unit { name } } }
}
"""
SUBMIT = """
mutation($input: SubmitRecordInput!) {
  submitRecord(input: $input) { __typename ... on ServiceRecord { id } }
}
"""
CONFIRM = "mutation($input: ConfirmRecordInput!) { confirmRecord(input: $input) { __typename } }"


async def watching(socket: aiohttp.ClientWebSocketResponse, token: str, community: str) -> None:
    await socket.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
    assert (await socket.receive_json(timeout=20))["type"] == "connection_ack"
    payload = {"query": WATCH, "variables": {"community": community}}
    await socket.send_json({"id": "1", "type": "subscribe", "payload": payload})


async def confirm_one(town: Town, community: str, host: str, day: int) -> None:
    person = next(one.person for one in town.scenario.records if one.community == community)
    row = {
        "memberId": town.stage.members[person],
        "communityCode": community,
        "activity": "Watched",
        "servedOn": f"2018-01-{day:02}",
        "hours": "1.5",
        "vanguard": "VOLUNTEERING",
        "provenance": "CHECKED_IN",
        "reference": f"watched {day}",
    }
    answer = await town.endpoint.ask(SUBMIT, host, input=row)
    confirmation = {"recordId": answer["submitRecord"]["id"], "method": "ON_SITE"}
    answer = await town.endpoint.ask(CONFIRM, host, input=confirmation)
    assert answer["confirmRecord"]["__typename"] == "ServiceRecord"


async def test_a_confirmation_is_told_with_what_the_other_services_know(town: Town) -> None:
    community = next(one.community for one in town.scenario.records if one.outcome is Outcome.CONFIRMED)
    host = town.badges.host(community)
    url = str(town.local.gateway_url)
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, protocols=["graphql-transport-ws"]) as socket,
        session.ws_connect(url, protocols=["graphql-transport-ws"]) as foreign,
        session.post(
            url,
            json={"query": WATCH, "variables": {"community": "350802"}},
            headers={"accept": "text/event-stream", "authorization": f"Bearer {town.badges.county('350802')}"},
        ) as stream,
    ):
        await watching(foreign, town.badges.token(Role.HOST, "350802999999"), community)
        refused = await foreign.receive_json(timeout=20)
        await watching(socket, host, community)
        # Nothing tells when a subscription stands, so it is confirmed until one is heard of.
        hearing = asyncio.create_task(socket.receive_json(timeout=60))
        for day in range(1, 29):
            await confirm_one(town, community, host, day)
            if (await asyncio.wait([hearing], timeout=2))[0]:
                break
        told = (await hearing)["payload"]["data"]["serviceConfirmed"]
        async for line in stream.content:
            if line.startswith(b"data: "):
                event = json.loads(line.removeprefix(b"data: "))["data"]["serviceConfirmed"]
                break

    assert told["activity"] == event["activity"] == "Watched"
    assert told["hours"] == "1.5"
    assert told["member"]["name"]
    assert told["member"]["unit"]["name"]
    assert refused["payload"]["errors"][0]["extensions"]["code"] == "FORBIDDEN"
