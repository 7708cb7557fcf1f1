"""What a service answers over HTTP, asked as a process."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.servicekit.runtime.processes import Library, running
from tests.servicekit.security.issuing import Issuer


@pytest_asyncio.fixture(scope="module")
async def library(api: dict[str, str]) -> AsyncIterator[Library]:
    async with running(**api, max_body_bytes="10000") as library:
        yield library


async def test_a_token_names_who_asks(library: Library, issuer: Issuer):
    status, body, headers = await library.ask("{ subject }", {"authorization": f"Bearer {issuer.token()}"})

    assert (status, body) == (200, {"data": {"subject": "somebody"}})
    assert headers["content-type"] == "application/json"


async def test_without_a_token_only_what_is_public_is_answered(library: Library):
    _, public, _ = await library.ask("{ language }")
    _, private, _ = await library.ask("{ subject }")

    assert public == {"data": {"language": "zh"}}
    assert private["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.3,zh;q=0.4", "zh"),
        ("fr,en;q=0.1", "en"),
        ("en;q=x", "zh"),
        ("fr", "zh"),
    ],
)
async def test_the_answer_is_chinese_unless_english_is_preferred(library: Library, asked: str, given: str):
    _, body, _ = await library.ask("{ language }", {"accept-language": asked})

    assert body["data"]["language"] == given


async def test_an_expired_token_is_401_even_for_what_is_public(library: Library, issuer: Issuer):
    expired = issuer.token(exp=int(time.time()) - 60)

    status, body, _ = await library.ask("{ language }", {"authorization": f"Bearer {expired}"})

    assert status == 401
    assert body["errors"][0]["extensions"] == {
        "code": "TOKEN_EXPIRED",
        "nextStep": "请重新登录,获取新的凭证。",
    }


@pytest.mark.parametrize("authorization", ["Bearer x.y.z", "Bearer", "Basic eA==", ""])
async def test_what_is_no_bearer_token_is_401(library: Library, authorization: str):
    status, body, _ = await library.ask("{ language }", {"authorization": authorization})

    assert (status, body["errors"][0]["extensions"]["code"]) == (401, "TOKEN_INVALID")


async def test_the_callers_correlation_id_is_kept_and_given_back(library: Library):
    _, body, headers = await library.ask("{ fault }", {"x-correlation-id": "mine-1"})

    assert body["errors"][0]["extensions"] == {"code": "INTERNAL", "correlationId": "mine-1"}
    assert headers["x-correlation-id"] == "mine-1"


async def test_a_harmful_correlation_id_is_replaced(library: Library):
    _, _, headers = await library.ask("{ language }", {"x-correlation-id": "a harmful one"})

    assert len(headers["x-correlation-id"]) == 36


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "BAD_REQUEST"),
        (b"[]", "application/json", 400, "BAD_REQUEST"),
        (b'{"query": 1}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{language}", "variables": []}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{language}", "operationName": 1}', "application/json", 400, "BAD_REQUEST"),
        (b'{"query": "{language}"}', "text/plain", 415, "UNSUPPORTED_MEDIA_TYPE"),
        (b'{"query": "%s"}' % (b" " * 10_000), "application/json", 413, "BODY_TOO_LARGE"),
    ],
)
async def test_what_is_no_graphql_request_is_refused_with_the_reason(
    library: Library, body: bytes, content_type: str, status: int, code: str
):
    headers = {"content-type": content_type}

    async with library.http.post(f"{library.address}/graphql", data=body, headers=headers) as answer:
        (error,) = (await answer.json())["errors"]

    assert (answer.status, error["extensions"]["code"]) == (status, code)
    assert error["extensions"]["nextStep"]


async def test_a_body_of_unknown_length_is_cut_off_at_the_limit(library: Library):
    async def chunks():
        for _ in range(20):
            yield b" " * 1_000

    headers = {"content-type": "application/json"}
    async with library.http.post(f"{library.address}/graphql", data=chunks(), headers=headers) as answer:
        assert answer.status == 413


async def test_metrics_count_the_answers(library: Library):
    await library.ask("{ language }")

    _, body = await library.get("/metrics")

    assert b'huijia_graphql_seconds_count{outcome="ok",service="library"}' in body


async def test_keys_that_can_not_be_read_are_the_services_trouble_not_the_callers(api: dict[str, str], issuer: Issuer):
    async with running(**{**api, "jwks": "/nowhere/jwks.json"}) as library:
        status, body, _ = await library.ask("{ language }", {"authorization": f"Bearer {issuer.token()}"})

    assert (status, body["errors"][0]["extensions"]["code"]) == (503, "KEYS_UNAVAILABLE")


async def test_a_fault_is_logged_with_its_traceback_under_the_correlation_id(api: dict[str, str]):
    async with running(**api) as library:
        await library.ask("{ fault }", {"x-correlation-id": "mine-2", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
        library.terminate()
        _, log = await library.end()

    (fault,) = [line for line in log if line["event"] == "graphql.fault"]
    assert fault["correlation_id"] == "mine-2"
    assert fault["trace_id"] == "a" * 32
    assert "KeyError: 'secret'" in fault["exception"]
