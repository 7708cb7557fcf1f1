"""What the HTTP surface lets in, lets out and counts."""

import asyncio
import json
import resource
import select
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from gateway.auth import Authentication
from gateway.calls import Call
from gateway.origins import Origins
from gateway.rates import KEPT_BUCKETS, RateLimits
from gateway.refusals import Refused
from gateway.server import room
from gateway.settings import Settings
from servicekit.security import Principal

from tests.gateway.conftest import GatewayProcess, running_gateway
from tests.servicekit.security.issuing import Issuer
from tests.support.waiting import eventually

FRIEND = "https://app.example.org"
QUERY = {"query": "{ me { id } }"}


@pytest_asyncio.fixture(scope="module")
async def strict(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GatewayProcess]:
    async with running_gateway(
        tmp_path_factory.mktemp("gateway"),
        HUIJIA_ALLOWED_ORIGINS=f'["{FRIEND}"]',
        HUIJIA_REQUESTS_PER_SECOND="0.01",
        HUIJIA_REQUEST_BURST="3",
        HUIJIA_HEADER_TIMEOUT_SECONDS="0.5",
        HUIJIA_BODY_TIMEOUT_SECONDS="0.5",
        HUIJIA_ANSWER_TIMEOUT_SECONDS="0.5",
        HUIJIA_MAX_CONNECTIONS="20",
        HUIJIA_BREAKER_FAILURES="1",
        HUIJIA_BREAKER_PAUSE_SECONDS="0.2",
    ) as gateway:
        yield gateway


async def asked(gateway: GatewayProcess, method: str = "POST", **headers: str) -> Any:
    given: Any = {"json": QUERY} if method == "POST" else {"params": QUERY} if method == "GET" else {}
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    async with gateway.session.request(method, f"{gateway.url}/graphql", headers=headers, **given) as response:
        await response.read()
        return response


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": FRIEND, "sec_fetch_site": "cross-site"}, 200),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_other_sites_get_nothing(
    strict: GatewayProcess, method: str, headers: dict[str, str], status: int
) -> None:
    strict.subgraphs.reset()

    answer = await asked(strict, method, **headers)

    assert answer.status == status
    assert bool(strict.subgraphs.calls) == (status == 200)


async def test_the_own_page_may_call(strict: GatewayProcess) -> None:
    assert (await asked(strict, origin=strict.url)).status == 200


async def test_an_allowed_site_is_told_so_and_another_is_not(strict: GatewayProcess) -> None:
    friend = (await asked(strict, "OPTIONS", origin=FRIEND)).headers
    other = (await asked(strict, "OPTIONS", origin="https://elsewhere.example")).headers
    answer = (await asked(strict, origin=FRIEND)).headers

    assert friend["access-control-allow-origin"] == answer["access-control-allow-origin"] == FRIEND
    assert "authorization" in friend["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in {*friend, *answer}
    assert not any(name.lower().startswith("access-control") for name in other)
    assert "origin" in answer["vary"]


async def test_every_answer_has_the_headers_that_keep_browsers_careful(strict: GatewayProcess) -> None:
    for path in ("graphql", "healthz", "nowhere"):
        async with strict.session.get(f"{strict.url}/{path}", headers={"accept": "text/html"}) as response:
            headers = response.headers

        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers


async def test_a_principal_who_asks_too_often_is_told_when_to_come_back(strict: GatewayProcess) -> None:
    mine, another = (f"Bearer {strict.token(sub=name)}" for name in ("busy", "calm"))

    answers = [await asked(strict, authorization=mine) for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert 90 <= int(answers[3].headers["retry-after"]) <= 100
    assert (await answers[3].json())["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert (await asked(strict, authorization=another)).status == 200


async def test_slow_heads_and_slow_bodies_are_given_up(strict: GatewayProcess) -> None:
    port = int(strict.url.rpartition(":")[2])
    beginnings = {
        b"": b"",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\n": b"",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{": b"408",
    }
    for beginning, status in beginnings.items():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(beginning)
        answer = b""
        with suppress(asyncio.IncompleteReadError, ConnectionResetError):
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
        assert status in answer
        assert bool(answer) == bool(status)
        writer.close()


async def test_a_head_without_end_is_given_up(gateway: GatewayProcess) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    writer.write(b"POST /graphql HTTP/1.1\r\nhost: x\r\n")

    async def send_more() -> None:
        for _ in range(4_000):
            writer.write(b"x-more: " + b"a" * 8_000 + b"\r\n")
            await writer.drain()

    with pytest.raises(ConnectionError):
        await send_more()
    writer.close()


async def test_the_rest_of_a_body_that_is_refused_must_come_in_time_too(strict: GatewayProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(strict.url.rpartition(":")[2]))
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9000000\r\n\r\n"
    writer.write(head)

    async def dripping() -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)

    drip = asyncio.create_task(dripping())
    answer = b""
    with suppress(ConnectionError):
        answer = await asyncio.wait_for(reader.readuntil(b"}]}"), 10)
        assert not await asyncio.wait_for(reader.read(), 10)
    drip.cancel()
    writer.close()

    assert b"413" in answer


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connected(gateway: GatewayProcess, said: bytes = b"") -> Connection:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    writer.write(said)
    return reader, writer


async def is_dropped(connection: Connection) -> bool:
    try:
        async with asyncio.timeout(0.01):
            return not await connection[0].read(1)
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


HANGING = b"GET /graphql?query={me{id}} HTTP/1.1\r\nhost: x\r\n\r\n"


async def test_a_connection_too_many_costs_the_one_that_waits_longest_and_no_request(strict: GatewayProcess) -> None:
    strict.subgraphs.reset()
    strict.subgraphs.faults["people"] = "hang"
    asking = await connected(strict, HANGING)
    await asyncio.wait_for(strict.subgraphs.arrived.wait(), 10)
    idle = [await connected(strict) for _ in range(25)]

    async def settled() -> bool:
        return [await is_dropped(one) for one in idle] == [True] * 6 + [False] * 19

    await eventually(settled)
    strict.subgraphs.released.set()
    answer = await asyncio.wait_for(asking[0].readuntil(b"}}}"), 10)
    assert b"200 OK" in answer
    assert b'{"data":{"me":{"id":"m1"}}}' in answer
    for _, writer in (asking, *idle):
        writer.close()


async def test_where_every_connection_is_being_answered_a_new_one_is_dropped(strict: GatewayProcess) -> None:
    strict.subgraphs.reset()
    strict.subgraphs.faults["people"] = "hang"
    asking = [await connected(strict, HANGING) for _ in range(20)]
    await asyncio.wait_for(strict.subgraphs.arrived.wait(), 10)
    new = await connected(strict)

    async def dropped() -> bool:
        return await is_dropped(new)

    await eventually(dropped)
    strict.subgraphs.released.set()
    for reader, _ in asking:
        assert b'{"data":{"me":{"id":"m1"}}}' in await asyncio.wait_for(reader.readuntil(b"}}}"), 10)
    for _, writer in (new, *asking):
        writer.close()


def test_a_system_with_few_files_has_few_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: (256, 1_000))
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, limits: taken.append(limits))

    assert [room(400).most, room(10_000).most] == [400, 500]
    assert taken == [(800, 1_000), (1_000, 1_000)]


async def test_requests_that_wait_for_no_answer_are_not_queued_without_end(gateway: GatewayProcess) -> None:
    reader, writer = await connected(gateway, b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n" * 50)
    answers = [await asyncio.wait_for(reader.readuntil(b'{"status":"ok"}'), 10) for _ in range(50)]
    assert all(b"200 OK" in answer for answer in answers)

    writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n" * 1_000)
    with suppress(ConnectionResetError):
        assert (await asyncio.wait_for(reader.read(), 10)).count(b"200 OK") < 1_000
    writer.close()


async def test_who_does_not_take_an_answer_in_time_is_given_up(strict: GatewayProcess) -> None:
    """An answer is in memory until it was taken: a thousand clients who take their time would fill it."""
    strict.subgraphs.reset()
    names = " ".join(f"{'a' * 15_000}{number}: id" for number in range(100))
    body = json.dumps({"query": f"{{ members(first: 6) {{ {names} }} }}"}).encode()
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", int(strict.url.rpartition(":")[2])))
        await loop.sock_sendall(client, head.encode() + body)
        assert (await asyncio.wait_for(loop.sock_recv(client, 15), 10)) == b"HTTP/1.1 200 OK"

        ended = select.poll()
        ended.register(client, 0)  # with nothing asked for it tells of the connection's end alone, though bytes wait
        await eventually(lambda: ended.poll(0))


UPGRADES = {
    b"POST": (b"upgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__", b'{"data":{"__typename":"Query"}}'),
    b"PUT": (b"upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", b"405"),
}


@pytest.mark.parametrize("method", UPGRADES)
async def test_an_upgrade_that_is_not_to_be_had_is_ignored(gateway: GatewayProcess, method: bytes) -> None:
    """Java's client asks for HTTP/2 so by default; and a handshake that is no GET was never answered."""
    upgrade, expected = UPGRADES[method]
    body = b'{"query": "{ __typename }"}'
    head = b"%b /graphql HTTP/1.1\r\nhost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n%b\r\n" % (method, upgrade)
    reader, writer = await connected(
        gateway, head + b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    )

    assert await asyncio.wait_for(reader.readuntil(expected), 10)
    writer.close()


async def test_what_follows_a_body_is_no_header(gateway: GatewayProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gateway.url.rpartition(":")[2]))
    body = b'{"query": "{ __typename }"}'
    head = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    writer.write(head + b"%x\r\n%b\r\n0\r\nauthorization: Basic dTpw\r\n\r\n" % (len(body), body))

    answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
    writer.close()

    assert b"200" in answer


async def test_open_circuits_are_shown_and_close_again(strict: GatewayProcess) -> None:
    strict.subgraphs.faults["people"] = "die"
    await asked(strict)
    opened = await state(strict)
    strict.subgraphs.faults.clear()

    async def closed() -> bool:
        return (await asked(strict)).status == 200 and (await state(strict)) == ([], "0.0")

    assert opened == (["people"], "1.0")
    await eventually(closed)


async def state(gateway: GatewayProcess) -> tuple[list[str], str]:
    async with gateway.session.get(f"{gateway.url}/readyz") as ready:
        circuits = (await ready.json())["open_circuits"]
    async with gateway.session.get(f"{gateway.url}/metrics") as metrics:
        lines = (await metrics.text()).splitlines()
    return circuits, next(one for one in lines if one.startswith('gateway_circuit_open{subgraph="people"}')).split()[1]


async def test_a_gateway_that_never_could_read_the_issuers_keys_is_not_ready(tmp_path: Path) -> None:
    keys = tmp_path / "later.json"
    authentication = Authentication(Settings(issuer="https://issuer.test", jwks=str(keys)))

    before = await authentication.has_keys()
    keys.write_text(json.dumps(Issuer().jwks()))

    assert (before, await authentication.has_keys()) == (False, True)


def test_buckets_fill_up_with_time_and_are_bounded() -> None:
    now = 0.0
    limits = RateLimits(Settings(requests_per_second=2, request_burst=1), clock=lambda: now)
    busy = call("busy")
    limits.take(busy)
    with pytest.raises(Refused):
        limits.take(busy)

    now = 0.5
    limits.take(busy)
    for number in range(KEPT_BUCKETS + 5):
        limits.take(call(f"{number}"))

    assert len(limits._buckets) == KEPT_BUCKETS


def call(subject: str) -> Call:
    return Call({}, "127.0.0.1", "c", 0.0, Principal(subject))


def test_a_star_allows_every_origin() -> None:
    assert (
        Origins(["*"]).allowing({"origin": "https://x.example"})["access-control-allow-origin"] == "https://x.example"
    )
