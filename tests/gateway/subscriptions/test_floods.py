"""Clients who take nothing, or send without end: nothing piles up for them, and nobody waits for them."""

import asyncio
import json
import socket
from contextlib import suppress
from typing import Any

from tests.gateway.conftest import GatewayProcess
from tests.gateway.subscriptions.listening import ARRIVED, HERE, arrival, counted, open_streams
from tests.gateway.subscriptions.news import FEED

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)
FLOOD = 60


def frame(message: Any) -> bytes:
    """A masked text frame of at most 64 KiB; the mask is zeros."""
    data = json.dumps(message).encode()
    return b"\x81\xfe" + len(data).to_bytes(2, "big") + bytes(4) + data


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
