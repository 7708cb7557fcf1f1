"""Subscriptions over real sockets: a subgraph's stream, completed by another one, by both protocols on both sides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.gateway.conftest import GatewayProcess
from tests.gateway.subscriptions.listening import (
    ARRIVED,
    HERE,
    Socket,
    arrival,
    connected,
    events,
    open_streams,
    over,
    streaming,
    told,
)
from tests.gateway.subscriptions.news import FEED


async def test_each_event_is_completed_by_the_other_subgraph_and_told_over_websocket(either: GatewayProcess) -> None:
    async with connected(either) as client:
        await client.subscribe("a")
        await open_streams(1)
        for number in (1, 2, 3):
            FEED.put(arrival(number))

        heard = [await client.hear() for _ in range(3)]
        FEED.put("end")
        last = await client.hear()

    assert heard == [{"id": "a", "type": "next", "payload": told(number)} for number in (1, 2, 3)]
    assert last == {"id": "a", "type": "complete"}


async def test_and_as_server_sent_events(either: GatewayProcess) -> None:
    async with streaming(either) as response:
        await open_streams(1)
        for item in (arrival(1), arrival(2), "end"):
            FEED.put(item)

        heard = [event async for event in events(response)]

    assert response.content_type == "text/event-stream"
    assert heard == [("next", told(1)), ("next", told(2)), ("complete", None)]


async def test_who_leaves_ends_the_stream_of_the_subgraph(either: GatewayProcess) -> None:
    async with connected(either) as client, streaming(either):
        await client.subscribe("a")
        await client.subscribe("b")
        await open_streams(3)
        await client.say("complete", id="a")
        await open_streams(2)
    await open_streams(0)


async def test_a_subgraph_that_breaks_off_is_told_as_an_interruption(either: GatewayProcess) -> None:
    async with connected(either) as client:
        await client.subscribe("a")
        await open_streams(1)
        FEED.put("break")

        first, last = await client.hear(), await client.hear()

    errors = first["payload"]["errors"] if first["type"] == "next" else first["payload"]
    assert first["type"] == "next", first
    assert errors[0]["extensions"]["code"] in ("SUBSCRIPTION_INTERRUPTED", "DOWNSTREAM_SERVICE_ERROR")
    assert last == {"id": "a", "type": "complete"}


async def test_the_token_goes_to_the_stream_and_to_the_fetches(gateway: GatewayProcess) -> None:
    token = gateway.token()
    async with connected(gateway, token) as client:
        await client.subscribe("a")
        await open_streams(1)
        FEED.put(arrival(1))
        await client.hear()

    assert [seen["authorization"] for seen in FEED.headers] == [f"Bearer {token}"] * 2


async def test_garbage_from_the_subgraph_ends_the_subscription(gateway: GatewayProcess) -> None:
    for garbage in (b"event: next\ndata: {\n\n", b"event: next\ndata: []\n\n", b"data: " + b"x" * 2**21):
        async with streaming(gateway) as response:
            await open_streams(1)
            FEED.put(garbage)
            heard = [event async for event in events(response)]

        assert [name for name, _ in heard] == ["next", "complete"]
        assert heard[0][1]["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_INTERRUPTED"
        await open_streams(0)


async def test_what_the_subgraph_refuses_is_told_with_its_code(gateway: GatewayProcess) -> None:
    async with streaming(gateway, variables={"p": "nowhere"}) as response:
        heard = [event async for event in events(response)]

    assert heard[0][1]["errors"][0]["extensions"] == {"code": "FORBIDDEN", "service": "news"}
    assert heard[1] == ("complete", None)


async def test_the_end_of_the_token_is_the_end_of_stream_and_socket(gateway: GatewayProcess) -> None:
    soon = gateway.token(exp=datetime.now(UTC) - timedelta(seconds=28))
    async with connected(gateway, soon) as client, streaming(gateway, authorization=f"Bearer {soon}") as response:
        await client.subscribe("a")
        await open_streams(2)

        last = await client.hear()
        closed = await client.hear()
        heard = [event async for event in events(response)]

    assert last["payload"]["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"
    assert closed == 4403
    assert heard[0][1]["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"
    assert heard[1] == ("complete", None)


async def test_a_principal_holds_so_many_subscriptions_and_no_more(gateway: GatewayProcess) -> None:
    async with connected(gateway, gateway.token(sub="one")) as client:
        for id in "abc":
            await client.subscribe(id)
        await open_streams(3)
        await client.subscribe("d")
        refused = await client.hear()
        async with connected(gateway, gateway.token(sub="another")) as other:
            await other.subscribe("a")
            await open_streams(4)

    assert refused["type"] == "error"
    assert refused["payload"][0]["extensions"] == {"code": "SUBSCRIPTION_LIMIT", "limit": 3}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "a", "payload": {"query": "{ hello }"}}], 4401),
        ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
        ([{"type": "connection_init"}, {"type": "subscribe", "payload": {}}], 4400),
        ([{"type": "connection_init"}, {"type": "nonsense"}], 4400),
        ([{"type": "connection_init"}, ["no object"]], 4400),
        ([{"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}], 4403),
        ([{"type": "connection_init", "payload": {"accept-language": "zh\r\nx-admin: 1"}}], 4400),
        ([{"type": "connection_init", "payload": {"accept-language": "中文"}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "", "payload": {}}], 4400),
        ([{"type": "connection_init"}, {"type": "subscribe", "id": "x" * 201, "payload": {}}], 4400),
        (
            [{"type": "connection_init"}]
            + 2 * [{"type": "subscribe", "id": "a", "payload": {"query": ARRIVED, "variables": HERE}}],
            4409,
        ),
    ],
)
async def test_what_the_protocol_forbids_closes_the_socket(
    gateway: GatewayProcess, messages: list[Any], code: int
) -> None:
    url = f"{gateway.url}/graphql"
    async with gateway.session.ws_connect(url, protocols=["graphql-transport-ws"]) as held:
        for message in messages:
            await held.send_json(message)
        while not (await asyncio.wait_for(held.receive(), 15)).type.name.startswith("CLOS"):
            pass
        assert held.close_code == code


async def test_what_is_no_text_closes_the_socket(gateway: GatewayProcess) -> None:
    async with connected(gateway) as client:
        await client.socket.send_bytes(b"\x00\xff")
        assert await client.hear() == 4400


async def test_the_socket_of_a_token_that_expired_is_closed_though_nothing_runs_on_it(gateway: GatewayProcess) -> None:
    async with connected(gateway, gateway.token(exp=datetime.now(UTC) - timedelta(seconds=28))) as client:
        assert await client.hear() == 4403


async def test_a_principal_and_an_address_hold_so_many_sockets_and_no_more(gateway: GatewayProcess) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(connected(gateway, gateway.token(sub="many")))
        fourth = await stack.enter_async_context(waiting(gateway))
        await fourth.say("connection_init", payload={"authorization": f"Bearer {gateway.token(sub='many')}"})
        refused = await fourth.hear()
        await stack.enter_async_context(connected(gateway, gateway.token(sub="few")))
        idle = [await stack.enter_async_context(waiting(gateway)) for _ in range(4)]

        assert refused == 1013
        assert await idle[3].hear() == 1013
        await idle[0].say("connection_init")
        assert await idle[0].hear() == {"type": "connection_ack"}


@asynccontextmanager
async def waiting(gateway: GatewayProcess) -> AsyncIterator[Socket]:
    """A socket that isn't initialised yet."""
    async with gateway.session.ws_connect(f"{gateway.url}/graphql", protocols=["graphql-transport-ws"]) as held:
        yield Socket(held)


async def test_the_correlation_id_of_the_payload_goes_on_to_the_subgraphs(gateway: GatewayProcess) -> None:
    async with waiting(gateway) as client:
        await client.say("connection_init", payload={"x-correlation-id": "mine-1"})
        await client.hear()
        await client.subscribe("q", "{ hello }")
        await client.hear()

    assert FEED.headers[0]["x-correlation-id"] == "mine-1"


async def test_another_subprotocol_or_another_site_gets_no_socket(gateway: GatewayProcess) -> None:
    url = f"{gateway.url}/graphql"
    async with gateway.session.ws_connect(url, protocols=["graphql-ws"]) as held:
        await held.receive()
        assert held.close_code == 4406
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await gateway.session.ws_connect(url, protocols=["graphql-transport-ws"], origin="https://elsewhere.example")
    assert refused.value.status == 403


async def test_queries_and_refusals_travel_by_the_socket_too(gateway: GatewayProcess) -> None:
    async with connected(gateway) as client:
        await client.say("ping")
        pong = await client.hear()
        await client.subscribe("q", "{ hello }")
        answer, complete = await client.hear(), await client.hear()
        await client.subscribe("w", "{ nothing }")
        wrong = await client.hear()

    assert pong == {"type": "pong"}
    assert answer == {"id": "q", "type": "next", "payload": {"data": {"hello": "hello"}}}
    assert complete == {"id": "q", "type": "complete"}
    assert (wrong["type"], wrong["payload"][0]["extensions"]["code"]) == ("error", "GRAPHQL_VALIDATION_FAILED")


async def test_a_subscription_by_plain_http_is_refused_with_what_to_do(gateway: GatewayProcess) -> None:
    status, answer = await gateway.post(ARRIVED, {"accept": "application/graphql-response+json"}, variables=HERE)

    assert (status, answer["errors"][0]["extensions"]["code"]) == (406, "STREAM_NEEDED")


async def test_subscriptions_are_counted(gateway: GatewayProcess) -> None:
    async with connected(gateway) as client:
        await client.subscribe("a")
        await open_streams(1)
        FEED.put(arrival(1))
        await client.hear()
        async with gateway.session.get(f"{gateway.url}/metrics") as response:
            text = await response.text()

    assert "gateway_subscriptions 1.0" in text
    assert 'gateway_subscription_events_total{outcome="answered"}' in text
    assert 'gateway_subscription_ends_total{reason="expired"}' in text


async def test_a_gateway_that_stops_sends_its_subscribers_elsewhere(news: int, tmp_path: Path) -> None:
    async with over(news, tmp_path, "sse") as gateway:
        async with connected(gateway) as client, streaming(gateway) as response:
            await client.subscribe("a")
            await open_streams(2)
            gateway.process.terminate()

            interrupted, closed = await client.hear(), await client.hear()
            heard = [event async for event in events(response)]

        assert interrupted["payload"]["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_INTERRUPTED"
        assert closed == 1001
        assert [name for name, _ in heard] == ["next", "complete"]
        assert await asyncio.wait_for(gateway.process.wait(), 10) == 0
