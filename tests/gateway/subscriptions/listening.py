"""Clients of subscriptions, by both protocols, and a gateway over the subgraph that tells them news."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.gateway.conftest import GatewayProcess, running_gateway
from tests.gateway.subscriptions.news import FEED, supergraph
from tests.support.waiting import eventually

ARRIVED = "subscription A($p: String!) { arrived(place: $p) { number text person { name } } }"
HERE = {"p": "here"}
PATIENCE = 1


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


async def counted(gateway: GatewayProcess, metric: str) -> float:
    async with gateway.session.get(f"{gateway.url}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric))
