"""How long the gateway waits: for the first message of a socket, and between two signs of life of a stream."""

import asyncio
import json
from pathlib import Path

import pytest
from gateway.app import Gateway
from gateway.executor.errors import SubrequestError
from gateway.executor.transport import Transport
from gateway.http import Message
from gateway.settings import Settings
from gateway.subscriptions import server_sent, websocket
from gateway.subscriptions.upstream import Upstream

from tests.gateway.in_process import Client, gateway_over, scope


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return gateway_over(tmp_path)


@pytest.mark.parametrize("said", [[], [{"type": "websocket.receive", "text": '{"type": "ping"}'}]])
async def test_a_socket_that_is_not_initialised_in_time_is_closed(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, said: list[Message]
) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.02)
    client = Client({"type": "websocket.connect"}, *said)

    await asyncio.wait_for(
        gateway(scope("websocket", subprotocols=["graphql-transport-ws"]), client.receive, client.send), 10
    )

    assert client.heard[-1] == {
        "type": "websocket.close",
        "code": 4408,
        "reason": "Connection initialisation timeout",
    }


async def test_a_stream_gives_signs_of_life_while_nothing_happens(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_sent, "KEEP_ALIVE_SECONDS", 0.005)
    released = asyncio.Event()

    async def slowly(*_: object) -> object:
        await released.wait()
        return {"data": {"x": 1}}

    monkeypatch.setattr(gateway._answering, "execute", slowly)
    body = json.dumps({"query": "{ __typename }"}).encode()
    headers = [(b"accept", b"text/event-stream"), (b"content-type", b"application/json")]
    client = Client({"type": "http.request", "body": body})
    alive = asyncio.Event()

    async def send(message: Message) -> None:
        await client.send(message)
        if [one.get("body") for one in client.heard].count(b":\n\n") > 3:
            released.set()
            alive.set()

    await asyncio.wait_for(gateway(scope("http", headers=headers), client.receive, send), 10)

    assert alive.is_set()
    assert b"event: next" in client.heard[-2]["body"]
    assert client.heard[-1] == {"type": "http.response.body", "body": server_sent.COMPLETE, "more_body": False}


async def test_a_subgraph_that_accepts_a_connection_and_says_nothing_is_given_up() -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
    settings = Settings(connect_timeout_seconds=0.05, subscription_urls={"news": url})
    async with silent, Transport({}, settings) as transport:
        opening = Upstream(transport, settings).open("news", b"{}", {})
        with pytest.raises(SubrequestError):
            await asyncio.wait_for(opening.__aenter__(), 10)
