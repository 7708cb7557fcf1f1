"""Caching hints of the subgraphs are passed on; headers go on by rule; every fetch has its span."""

import asyncio
import json
from pathlib import Path

import opentelemetry.trace
import pytest
from gateway.cache_control import CacheHints
from gateway.settings import Settings
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import ValidationError

from gateway import tracing
from tests.gateway.conftest import GatewayProcess, running_gateway
from tests.gateway.in_process import Client, gateway_over, scope
from tests.gateway.support import House, fail
from tests.support.waiting import eventually


@pytest.mark.parametrize(
    ("told", "combined"),
    [
        ([], None),
        ([None, None], None),
        (["max-age=60, public"], "max-age=60, public"),
        (["max-age=60, public", "max-age=5, public"], "max-age=5, public"),
        (["max-age=60, public", "private, max-age=90"], "max-age=60, private"),
        (["max-age=60", "Max-Age=90, Public"], "max-age=60"),
        (["max-age=60, public", None], "no-store"),
        (["max-age=60, public", "no-store"], "no-store"),
        (["max-age=60, no-cache"], "no-store"),
        (["max-age=0, public"], "no-store"),
        (["max-age=soon"], "no-store"),
        (["max-age=" + "9" * 5_000], "no-store"),
    ],
)
def test_the_most_restrictive_hint_counts(told: list[str | None], combined: str | None) -> None:
    assert CacheHints(told).combined() == combined


async def ask(gateway: GatewayProcess, query: str) -> tuple[str | None, str]:
    async with gateway.session.post(f"{gateway.url}/graphql", json={"query": query}) as response:
        return response.headers.get("cache-control"), response.headers["vary"]


JOINED = "{ members(first: 1) { id badge { __typename } } }"


async def test_an_answer_may_be_kept_as_long_as_all_of_its_subgraphs_allow(gateway: GatewayProcess) -> None:
    gateway.subgraphs.cache_control.update(people="max-age=60, public", marks="max-age=30, public")

    assert await ask(gateway, JOINED) == ("max-age=30, public", "accept, origin, authorization, accept-language")


async def test_an_answer_of_a_silent_subgraph_is_not_kept(gateway: GatewayProcess) -> None:
    gateway.subgraphs.cache_control["people"] = "max-age=60, public"

    assert (await ask(gateway, JOINED))[0] == "no-store"


async def test_an_answer_with_errors_is_not_kept_whatever_its_subgraph_says(gateway: GatewayProcess) -> None:
    gateway.subgraphs.cache_control["people"] = "max-age=60, public"

    assert (await ask(gateway, "{ members(first: 1) { moody } }"))[0] == "max-age=60, public"
    assert (await ask(gateway, "{ members(first: 2) { moody } }"))[0] == "no-store"


async def test_without_hints_and_for_mutations_nothing_is_said(gateway: GatewayProcess) -> None:
    assert await ask(gateway, JOINED) == (None, "accept, origin")
    gateway.subgraphs.cache_control["people"] = "max-age=60, public"
    assert (await ask(gateway, 'mutation { note(text: "n") }'))[0] is None


async def test_headers_are_forwarded_by_rule_and_added_for_one_subgraph(tmp_path: Path) -> None:
    rules = {
        "HUIJIA_FORWARDED_HEADERS": '["X-Tenant", "x-from"]',
        "HUIJIA_SUBGRAPH_HEADERS": '{"marks": {"X-From": "gateway"}}',
    }
    async with running_gateway(tmp_path, **rules) as gateway:
        await gateway.post(JOINED, {"x-tenant": "t1", "x-from": "client", "accept-language": "en", "cookie": "c=1"})

        people, marks = gateway.subgraphs.headers
        assert (people["x-tenant"], people["x-from"], people.get("cookie")) == ("t1", "client", None)
        assert (marks["x-tenant"], marks["x-from"], marks.get("accept-language")) == ("t1", "gateway", None)


def test_headers_of_one_connection_can_not_be_forwarded() -> None:
    with pytest.raises(ValidationError, match="never forwarded: content-length, host"):
        Settings(forwarded_headers=("Host", "authorization", "content-length"))


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(opentelemetry.trace, "get_tracer_provider", lambda: provider)
    return exporter


TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


async def test_every_fetch_has_a_span_under_its_request_and_names_it_to_the_subgraph(
    spans: InMemorySpanExporter,
) -> None:
    house = House()

    with tracing.request_span({"traceparent": PARENT}):
        await asyncio.create_task(house.data(JOINED))

    *fetches, request = spans.get_finished_spans()
    assert (request.name, [span.name for span in fetches]) == ("graphql", ["fetch people", "fetch marks"])
    assert [span.attributes and span.attributes["subgraph"] for span in fetches] == ["people", "marks"]
    assert all(span.parent and span.parent.span_id == request.context.span_id for span in fetches)
    assert [headers["traceparent"] for headers in house.headers] == [
        f"00-{TRACE}-{span.context.span_id:016x}-01" for span in fetches
    ]


async def test_the_span_of_a_fetch_that_failed_tells_so(spans: InMemorySpanExporter) -> None:
    with tracing.request_span({}):
        await House(broken={"marks": fail("SUBREQUEST_TIMEOUT")}).ask(JOINED)

    people, marks, _ = spans.get_finished_spans()
    assert (people.status.is_ok, marks.status.is_ok) == (True, False)
    assert marks.status.description == "SUBREQUEST_TIMEOUT"


SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": "{ __typename }"}}


async def test_operations_on_a_socket_and_as_events_have_their_span_too(
    spans: InMemorySpanExporter, tmp_path: Path
) -> None:
    gateway = gateway_over(tmp_path)
    traced = [(b"traceparent", PARENT.encode())]
    said = [json.dumps(one) for one in ({"type": "connection_init"}, SUBSCRIBE)]
    by_socket = Client({"type": "websocket.connect"}, *({"type": "websocket.receive", "text": one} for one in said))
    body = json.dumps(SUBSCRIBE["payload"]).encode()
    by_events = Client({"type": "http.request", "body": body})
    headers = [(b"accept", b"text/event-stream"), (b"content-type", b"application/json"), *traced]

    held = scope("websocket", subprotocols=["graphql-transport-ws"], headers=traced)
    serving = asyncio.create_task(gateway(held, by_socket.receive, by_socket.send))
    await eventually(lambda: any('"complete"' in str(one) for one in by_socket.heard))
    serving.cancel()
    await gateway(scope("http", headers=headers), by_events.receive, by_events.send)

    found = [span for span in spans.get_finished_spans() if span.name == "graphql"]
    assert len(found) == 3  # the request that began the events has one of its own
    assert all(f"{span.context.trace_id:032x}" == TRACE for span in found)
