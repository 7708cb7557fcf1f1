"""Subgraphs that hang, die or answer garbage; what is sent again and what is not; stopping."""

import asyncio
import signal
from pathlib import Path

import pytest
from gateway.executor.breaker import Breaker

from tests.gateway.conftest import GatewayProcess, running_gateway


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
