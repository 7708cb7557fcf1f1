"""Subscriptions over real sockets: a subgraph's stream, completed by another one, by both protocols on both sides."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from tests.gateway.conftest import GatewayProcess, running_gateway
from tests.gateway.subscriptions.news import FEED, serving, supergraph
from tests.support.waiting import eventually

ARRIVED = "subscription A($p: String!) { arrived(place: $p) { number text person { name } } }"
HERE = {"p": "here"}
PATIENCE = 1


@pytest_asyncio.fixture(scope="module")
async def news() -> AsyncIterator[int]:
    async with serving() as port:
        yield port


@asynccontextmanager
async def over(port: int, folder: Path, upstream: str) -> AsyncIterator[GatewayProcess]:
    urls = {"sse": f"http://127.0.0.1:{port}/news", "ws": f"ws://127.0.0.1:{port}/socket/"}
    subgraphs = {name: f"http://127.0.0.1:{port}/{name}" for name in ("news", "people")}
    async with running_gateway(
        folder,
        graph=supergraph(port),
        HUIJIA_SUBGRAPH_URLS=json.dumps(subgraphs),
        HUIJIA_SUBSCRIPTION_URLS=json.dumps({"news": urls[upstream]}),
        HUIJIA_SUBSCRIPTIONS_PER_PRINCIPAL="3",
        HUIJIA_SUBSCRIBER_PATIENCE_SECONDS=str(PATIENCE),
        HUIJIA_MAX_EVENT_BYTES=str(2**20),
    ) as gateway:
        yield gateway


@pytest_asyncio.fixture(scope="module", params=["sse", "ws"])
async def either(
    request: pytest.FixtureRequest, news: int, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[GatewayProcess]:
    async with over(news, tmp_path_factory.mktemp("gateway"), request.param) as gateway:
        yield gateway


@pytest_asyncio.fixture(scope="module")
async def gateway(news: int, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayProcess]:
    async with over(news, tmp_path_factory.mktemp("gateway"), "sse") as gateway:
        yield gateway


@pytest.fixture(autouse=True)
async def _quiet() -> AsyncIterator[None]:
    yield
    FEED.put("end")
    await eventually(lambda: not FEED.open, message="every stream of the subgraph is closed")
    FEED.headers.clear()


class Socket:
    def __init__(self, held: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = held

    async def say(self, type: str, **more: Any) -> None:
        await self.socket.send_json({"type": type, **more})

    async def subscribe(self, id: str, query: str = ARRIVED, **variables: Any) -> None:
        await self.say("subscribe", id=id, payload={"query": query, "variables": variables or HERE})

    async def hear(self) -> Any:
        received = await asyncio.wait_for(self.socket.receive(), 15)
        if received.type is aiohttp.WSMsgType.TEXT:
            return json.loads(received.data)
        return self.socket.close_code


@asynccontextmanager
async def connected(gateway: GatewayProcess, token: str | None = None, **options: Any) -> AsyncIterator[Socket]:
    async with gateway.session.ws_connect(
        f"{gateway.url}/graphql", protocols=["graphql-transport-ws"], **options
    ) as held:
        one = Socket(held)
        await one.say("connection_init", payload={"authorization": f"Bearer {token}"} if token else {})
        assert await one.hear() == {"type": "connection_ack"}
        yield one


@asynccontextmanager
async def streaming(
    gateway: GatewayProcess, query: str = ARRIVED, variables: Any = HERE, **headers: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    body = {"query": query, "variables": variables}
    headers = {"accept": "text/event-stream", **headers}
    async with gateway.session.post(f"{gateway.url}/graphql", json=body, headers=headers) as response:
        yield response


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.content:
        kind, _, value = line.decode().strip().partition(":")
        if kind == "event":
            name = value.strip()
        elif kind == "data":
            yield name, json.loads(value) if value.strip() else None


async def open_streams(count: int) -> None:
    await eventually(lambda: len(FEED.open) == count, message=f"{count} streams of the subgraph are open")


def arrival(number: int, **more: Any) -> dict[str, Any]:
    return {"number": number, "person": f"p{number}", **more}


def told(number: int, text: str | None = None) -> dict[str, Any]:
    return {"data": {"arrived": {"number": number, "text": text, "person": {"name": f"Name of p{number}"}}}}


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


FLOOD = 60


def deaf(gateway: GatewayProcess) -> socket.socket:
    """A client for whom the system keeps hardly anything until it reads."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.settimeout(10)
    client.connect(("127.0.0.1", int(gateway.url.rpartition(":")[2])))
    return client


async def is_given_up(gateway: GatewayProcess, client: socket.socket, *said: bytes) -> None:
    """And meanwhile nothing piles up: the gateway takes no more from the subgraph than it can pass on."""
    told, slow = "gateway_subscription_events_total", 'gateway_subscription_ends_total{reason="slow"}'
    before = [await counted(gateway, name) for name in (told, slow)]
    for one in said:
        client.sendall(one)
    await open_streams(1)
    for number in range(FLOOD):
        FEED.put(arrival(number, text="x" * 100_000))

    await open_streams(0)

    assert await counted(gateway, told) - before[0] < FLOOD
    assert await counted(gateway, slow) - before[1] == 1


async def test_who_does_not_take_what_he_is_told_is_given_up(gateway: GatewayProcess) -> None:
    body = json.dumps({"query": ARRIVED, "variables": HERE}).encode()
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\n"
    with deaf(gateway) as client:
        await is_given_up(gateway, client, head + f"content-length: {len(body)}\r\n\r\n".encode() + body)


async def test_a_socket_that_takes_nothing_is_given_up_too(gateway: GatewayProcess) -> None:
    subscribe = {"type": "subscribe", "id": "a", "payload": {"query": ARRIVED, "variables": HERE}}
    with deaf(gateway) as client:
        client.sendall(HANDSHAKE)
        assert client.recv(1024).startswith(b"HTTP/1.1 101")
        await is_given_up(gateway, client, frame({"type": "connection_init"}), frame(subscribe))


async def test_who_sends_without_end_keeps_nobody_waiting(gateway: GatewayProcess) -> None:
    """Its frames are read in turns: requests that come after them are answered before the last of them."""
    port = int(gateway.url.rpartition(":")[2])
    busy, sending = await asyncio.open_connection("127.0.0.1", port)
    other, asking = await asyncio.open_connection("127.0.0.1", port)
    sending.write(HANDSHAKE)
    await busy.readuntil(b"\r\n\r\n")
    sending.write(frame({"type": "connection_init"}))
    await busy.readuntil(b"connection_ack")
    sending.write(frame({"type": "pong"}) * 20_000 + frame({"type": "ping"}))
    all_read = asyncio.create_task(busy.readuntil(b"pong"))
    for _ in range(10):
        asking.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.wait_for(other.readuntil(b'"ok"}'), 10)

    assert not all_read.done()
    all_read.cancel()
    for writer in (sending, asking):
        writer.close()


async def test_who_does_not_take_answers_to_pings_is_read_no_further(gateway: GatewayProcess) -> None:
    """Each frame of 125 bytes is answered by as many: what isn't taken would fill the memory."""
    with deaf(gateway) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64_000)
        client.sendall(HANDSHAKE)
        assert client.recv(1024).startswith(b"HTTP/1.1 101")
        client.settimeout(0.5)
        pings, sent = (b"\x89\xfd" + bytes(4) + b"x" * 125) * 500, 0
        with suppress(TimeoutError):
            while sent < 30_000_000:
                client.sendall(pings)
                sent += len(pings)

    assert sent < 30_000_000


HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)


def frame(message: Any) -> bytes:
    """A masked text frame of at most 64 KiB; the mask is zeros."""
    data = json.dumps(message).encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data


async def counted(gateway: GatewayProcess, metric: str) -> float:
    async with gateway.session.get(f"{gateway.url}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric))


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
