"""GraphQL over HTTP, by a real client to a real gateway over real HTTP subgraphs."""

import gzip
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.gateway.conftest import GatewayProcess

RESPONSE = "application/graphql-response+json"


async def test_a_joined_query_is_answered(gateway: GatewayProcess) -> None:
    status, answer = await gateway.post("{ members(first: 1) { name standing } }")

    assert (status, answer) == (200, {"data": {"members": [{"name": "Member Number1", "standing": 6}]}})


async def test_a_query_may_come_by_get(gateway: GatewayProcess) -> None:
    given = {"query": "query Q($n: Int) { members(first: $n) { id } }", "variables": '{"n": 1}', "operationName": "Q"}

    async with gateway.session.get(f"{gateway.url}/graphql?{urlencode(given)}") as response:
        assert await response.json() == {"data": {"members": [{"id": "m1"}]}}


async def test_a_mutation_may_not_come_by_get(gateway: GatewayProcess) -> None:
    given = urlencode({"query": 'mutation { note(text: "x") }'})

    async with gateway.session.get(f"{gateway.url}/graphql?{given}") as response:
        assert (response.status, response.headers["allow"]) == (405, "POST")
    assert not gateway.subgraphs.calls


@pytest.mark.parametrize(
    ("accept", "media", "status"),
    [(RESPONSE, RESPONSE, 400), ("application/json", "application/json", 200), ("*/*", "application/json", 200)],
)
@pytest.mark.parametrize("query", ["{", "{ nothing }", "query A { me { id } } query B { me { id } }"])
async def test_the_media_type_decides_the_status_of_a_bad_document(
    gateway: GatewayProcess, accept: str, media: str, status: int, query: str
) -> None:
    body = {"query": query}
    async with gateway.session.post(f"{gateway.url}/graphql", json=body, headers={"accept": accept}) as response:
        assert response.status == status
        assert response.content_type == media
        answer = await response.json(content_type=None)

    assert "data" not in answer
    assert answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"query": "{ me { id } }"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b"query=%7B__typename%7D", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'[{"query": "{ __typename }"}]', "application/json", 400, "BATCHING_NOT_SUPPORTED"),
        (b"{", "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": {"a": NaN}}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": {"a": 1e999}}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{ \\ud800 }"}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{ \xff }"}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }"}', "application/json; charset=utf-16", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "{ __typename }"}', "text/plain; application/json", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": 1}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "' + b" " * 10_000_000 + b'"}', "application/json", 413, "BODY_LIMIT"),
    ],
)
async def test_what_is_no_graphql_request_is_refused(
    gateway: GatewayProcess, body: bytes, content_type: str, status: int, code: str
) -> None:
    headers = {"content-type": content_type}
    async with gateway.session.post(f"{gateway.url}/graphql", data=BytesIO(body), headers=headers) as response:
        answer = await response.json(content_type=None)

    assert (response.status, answer["errors"][0]["extensions"]["code"]) == (status, code)


async def test_a_compressed_body_is_not_unpacked(gateway: GatewayProcess) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    body = gzip.compress(b'{"query": "' + b" " * 10_000_000 + b'"}')
    async with gateway.session.post(f"{gateway.url}/graphql", data=body, headers=headers) as response:
        answer = await response.json(content_type=None)

    assert (response.status, answer["errors"][0]["extensions"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_of_two_equal_names_the_last_counts(gateway: GatewayProcess) -> None:
    body = b'{"query": "{ me { id } }", "query": "{ __typename }"}'
    headers = {"content-type": "application/json"}
    async with gateway.session.post(f"{gateway.url}/graphql", data=body, headers=headers) as response:
        assert await response.json() == {"data": {"__typename": "Query"}}


async def test_a_body_without_a_length_is_limited_too(gateway: GatewayProcess) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 100_000

    headers = {"content-type": "application/json"}
    async with gateway.session.post(f"{gateway.url}/graphql", data=endless(), headers=headers) as response:
        assert response.status == 413


async def test_unknown_methods_and_paths_are_refused(gateway: GatewayProcess) -> None:
    async with gateway.session.put(f"{gateway.url}/graphql") as response:
        assert (response.status, response.headers["allow"]) == (405, "GET, POST")
    async with gateway.session.get(f"{gateway.url}/elsewhere") as response:
        assert response.status == 404


async def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere(gateway: GatewayProcess) -> None:
    async with gateway.session.get(f"{gateway.url}/graphql", headers={"accept": "text/html,*/*"}) as response:
        page = await response.text()

    assert response.content_type == "text/html"
    assert "://" not in page


async def test_headers_and_correlation_reach_the_subgraphs(gateway: GatewayProcess) -> None:
    token = f"Bearer {gateway.token()}"
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    headers = {"authorization": token, "accept-language": "en", "x-correlation-id": "abc-1", "traceparent": trace}

    async with gateway.session.post(
        f"{gateway.url}/graphql", json={"query": "{ best { name } }"}, headers=headers
    ) as response:
        assert response.headers["x-correlation-id"] == "abc-1"

    assert len(gateway.subgraphs.headers) == 2
    for seen in gateway.subgraphs.headers:
        assert {name: seen[name] for name in headers} == headers


async def test_a_correlation_id_is_made_where_none_or_a_strange_one_is_given(gateway: GatewayProcess) -> None:
    await gateway.post("{ me { id } }", {"x-correlation-id": "a b"})

    assert len(gateway.subgraphs.headers[0]["x-correlation-id"]) == 32


async def test_metrics_tell_of_requests_and_subrequests(gateway: GatewayProcess) -> None:
    await gateway.post("query Counted { me { id } }")

    async with gateway.session.get(f"{gateway.url}/metrics") as response:
        text = await response.text()
    assert 'gateway_request_seconds_count{operation="Counted"}' in text
    assert 'gateway_subrequest_seconds_count{subgraph="people"}' in text
