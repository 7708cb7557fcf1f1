"""Reading a request: nobody holds a connection by sending slowly."""

import asyncio

import pytest
from servicekit.graphql import http_request
from servicekit.graphql.http_request import HttpProblem, read_body
from starlette.datastructures import Headers
from starlette.types import Message


async def test_a_body_that_does_not_arrive_in_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_request, "BODY_SECONDS", 0.05)
    parts = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> Message:
        return next(parts, None) or await asyncio.Event().wait()  # type: ignore[return-value]

    with pytest.raises(HttpProblem) as problem:
        await read_body(Headers(), receive, 1_000)

    assert (problem.value.status, problem.value.code) == (408, "BODY_TIMEOUT")
