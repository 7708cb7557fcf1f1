"""Subgraphs that hang, die or answer garbage; what is sent again and what is not; stopping."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from gateway.executor.breaker import Breaker
from gateway.executor.errors import SubrequestError
from gateway.executor.transport import Transport
from gateway.settings import Settings

from tests.gateway.conftest import GatewayProcess, running_gateway
from tests.gateway.test_http1 import Scripted
from tests.support.waiting import eventually


@pytest.mark.parametrize(
    ("fault", "code", "calls"),
    [
        ("hang", "SUBREQUEST_TIMEOUT", 1),
        ("die", "SUBREQUEST_FAILED", 2),
        ("unavailable", "SUBREQUEST_FAILED", 2),
        ("error", "SUBREQUEST_MALFORMED", 1),
        ("garbage", "SUBREQUEST_MALFORMED", 1),
    ],
)
async def test_a_broken_subgraph_costs_only_its_own_fields(
    gateway: GatewayProcess, fault: str, code: str, calls: int
) -> None:
    gateway.subgraphs.faults["marks"] = fault

    status, answer = await gateway.post("{ members(first: 1) { id badge { __typename } } }")

    assert status == 200
    assert answer["data"] == {"members": [{"id": "m1", "badge": None}]}
    error = answer["errors"][0]
    assert (error["path"], error["extensions"]) == (["members", 0, "badge"], {"code": code, "service": "marks"})
    assert gateway.subgraphs.calls.count("marks") == calls


@pytest.mark.parametrize("fault", ["die", "unavailable"])
async def test_a_mutation_is_never_sent_again(gateway: GatewayProcess, fault: str) -> None:
    gateway.subgraphs.faults["people"] = fault

    _, answer = await gateway.post('mutation { rename(id: "m1", name: "X") { id } }')

    assert answer["errors"][0]["extensions"]["code"] == "SUBREQUEST_FAILED"
    assert gateway.subgraphs.calls == ["people"]


@asynccontextmanager
async def transport_to(scripted: Scripted, **settings: Any) -> AsyncIterator[Transport]:
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        async with Transport({"people": url}, Settings(**settings)) as transport:
            yield transport
    finally:
        server.close()


DATA = b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"data":{}}'


async def test_a_subgraph_that_failed_in_a_row_is_left_alone() -> None:
    scripted = Scripted(lambda _: None)
    async with transport_to(scripted, breaker_failures=2, breaker_pause_seconds=60) as transport:
        codes = []
        for _ in range(4):
            with pytest.raises(SubrequestError) as failed:
                await transport.post("people", b"{}", {}, repeatable=False)
            codes.append(failed.value.code)

    assert codes == ["SUBREQUEST_FAILED", "SUBREQUEST_FAILED", "SUBREQUEST_REFUSED", "SUBREQUEST_REFUSED"]
    assert len(scripted.requests) == 2


async def test_after_a_mutation_nobody_is_given_what_was_read_before_it() -> None:
    scripted = Scripted(lambda number: b"" if number == 1 else DATA)
    async with transport_to(scripted) as transport:
        before = asyncio.create_task(transport.post("people", b"query", {}, repeatable=True))
        await eventually(lambda: len(scripted.requests) == 1)
        await transport.post("people", b"mutation", {}, repeatable=False)

        assert await transport.post("people", b"query", {}, repeatable=True) == {"data": {}}
        before.cancel()

    assert len(scripted.requests) == 3


@pytest.mark.parametrize(
    ("headers", "requests"),
    [
        ([{}, {}], 1),
        ([{"x-correlation-id": "a", "traceparent": "b"}, {"x-correlation-id": "c"}], 1),
        ([{"accept-language": "zh"}, {"accept-language": "en"}], 2),
        ([{"authorization": "a"}, {}], 2),
    ],
)
async def test_what_tells_callers_apart_tells_their_fetches_apart(headers: list[dict[str, str]], requests: int) -> None:
    scripted = Scripted(lambda _: DATA)
    async with transport_to(scripted) as transport:
        await asyncio.gather(*(transport.post("people", b"query", one, repeatable=True) for one in headers))

    assert len(scripted.requests) == requests


async def test_sharing_can_be_switched_off() -> None:
    scripted = Scripted(lambda _: DATA)
    async with transport_to(scripted, shared_fetches=False) as transport:
        await asyncio.gather(*(transport.post("people", b"query", {}, repeatable=True) for _ in range(3)))

    assert len(scripted.requests) == 3


async def test_a_subgraph_that_answers_too_much_is_asked_once() -> None:
    scripted = Scripted(lambda _: DATA)
    async with transport_to(scripted, max_subgraph_answer_bytes=20) as transport:
        with pytest.raises(SubrequestError, match="more than 20 bytes") as failed:
            await transport.post("people", b"query", {}, repeatable=True)

    assert (failed.value.code, len(scripted.requests)) == ("SUBREQUEST_TOO_LARGE", 1)


async def test_who_asks_for_too_much_closes_a_subgraph_to_nobody() -> None:
    scripted = Scripted(lambda _: DATA)
    async with transport_to(scripted, max_subgraph_answer_bytes=20, breaker_failures=1) as transport:
        for _ in range(2):
            with pytest.raises(SubrequestError, match="more than 20 bytes"):
                await transport.post("people", b"query", {}, repeatable=True)

        assert not transport.open_circuits()


async def test_a_redirection_is_no_answer() -> None:
    moved = b"HTTP/1.1 307 Moved\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"
    async with transport_to(Scripted(lambda _: moved)) as transport:
        with pytest.raises(SubrequestError) as failed:
            await transport.post("people", b"query", {}, repeatable=True)

    assert failed.value.code == "SUBREQUEST_MALFORMED"


async def test_each_subgraph_has_the_time_that_is_its_own() -> None:
    async with transport_to(Scripted(lambda _: b""), subgraph_timeouts={"people": 0.05}) as transport:
        with pytest.raises(SubrequestError) as failed:
            await asyncio.wait_for(transport.post("people", b"query", {}, repeatable=True), 10)

    assert failed.value.code == "SUBREQUEST_TIMEOUT"


def test_a_breaker_opens_after_failures_in_a_row_and_tries_again_later() -> None:
    now = 0.0
    breaker = Breaker(3, 5.0, clock=lambda: now)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()

    assert not breaker.allows()
    now = 5.1
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.succeeded()
    assert breaker.allows()


async def test_requests_in_flight_are_answered_before_the_gateway_stops(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, HUIJIA_SUBGRAPH_TIMEOUT_SECONDS="15") as gateway:
        gateway.subgraphs.faults["people"] = "hang"
        asking = asyncio.create_task(gateway.post("{ me { id } }"))
        await asyncio.wait_for(gateway.subgraphs.arrived.wait(), 10)

        gateway.process.send_signal(signal.SIGTERM)
        gateway.subgraphs.faults.clear()
        gateway.subgraphs.released.set()

        assert await asking == (200, {"data": {"me": {"id": "m1"}}})
        assert await asyncio.wait_for(gateway.process.wait(), 20) in (0, -signal.SIGTERM)


async def test_a_large_variable_reaches_its_subgraph(gateway: GatewayProcess) -> None:
    text = "x" * 1_900_000

    status, answer = await gateway.post("mutation N($text: String!) { note(text: $text) }", variables={"text": text})

    assert (status, "errors" in answer) == (200, False)
    assert gateway.subgraphs.world.log[-1] == f"note {text}"
