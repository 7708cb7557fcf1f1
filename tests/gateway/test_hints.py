"""Caching hints of the subgraphs are passed on; headers go on by rule; every fetch has its span."""

import asyncio
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
from tests.gateway.support import House


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


async def test_an_answer_with_errors_or_of_a_silent_subgraph_is_not_kept(gateway: GatewayProcess) -> None:
    gateway.subgraphs.cache_control["people"] = "max-age=60, public"

    assert (await ask(gateway, JOINED))[0] == "no-store"
    gateway.subgraphs.cache_control["marks"] = "max-age=60, public"
    gateway.subgraphs.faults["marks"] = "garbage"
    assert (await ask(gateway, JOINED))[0] == "no-store"


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


async def test_every_fetch_has_a_span_under_its_request_and_names_it_to_the_subgraph(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(opentelemetry.trace, "get_tracer_provider", lambda: provider)
    house = House()
    trace_id = "0af7651916cd43dd8448eb211c80319c"

    with tracing.request_span({"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}):
        await asyncio.create_task(house.data(JOINED))

    *fetches, request = exporter.get_finished_spans()
    assert (request.name, [span.name for span in fetches]) == ("graphql", ["fetch people", "fetch marks"])
    assert [span.attributes and span.attributes["subgraph"] for span in fetches] == ["people", "marks"]
    assert all(span.parent and span.parent.span_id == request.context.span_id for span in fetches)
    assert [headers["traceparent"] for headers in house.headers] == [
        f"00-{trace_id}-{span.context.span_id:016x}-01" for span in fetches
    ]
