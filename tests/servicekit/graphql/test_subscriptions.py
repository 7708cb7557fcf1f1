"""Subscriptions of a subgraph: guarded at the beginning and at each event, told as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from servicekit.bus.listener import SubscriptionInterrupted
from servicekit.graphql import Context
from servicekit.graphql.streaming import server_sent
from servicekit.security import Grant, Principal, Role

from tests.servicekit.graphql.asking import ELSEWHERE, HOST, SUBGRAPH, context_of
from tests.servicekit.graphql.library import Store

LENT = 'subscription { lent(division: "350802") { id price } }'


async def begun(document: str, context: Context) -> Any:
    return await SUBGRAPH.subscribe(document, context=context)


async def told(document: str, principal: Principal, *lending: str | Exception) -> list[dict[str, Any]]:
    answers = await begun(document, context_of(principal, store=Store(lending=list(lending)), language="en"))
    assert not isinstance(answers, dict), answers
    return [answer async for answer in answers]


async def refused(document: str, principal: Principal) -> str:
    answer = await begun(document, context_of(principal))
    (error,) = answer["errors"]
    return str(error["extensions"]["code"])


async def test_each_event_is_a_response_of_its_own() -> None:
    answers = await told(LENT, HOST, "350802-1", "350802-2")

    assert answers == [{"data": {"lent": {"id": f"350802-{n}", "price": 42}}} for n in (1, 2)]


async def test_neither_another_role_nor_another_scope_may_begin() -> None:
    assert await refused(LENT, Principal("a member", (Grant(Role.MEMBER, "m"),))) == "FORBIDDEN"
    assert await refused(LENT, ELSEWHERE) == "FORBIDDEN"


async def test_a_subscription_that_forgot_its_scope_is_not_begun() -> None:
    assert await refused("subscription { carelesslyLent { id } }", HOST) == "INTERNAL"


async def test_an_event_outside_of_the_scope_is_not_told() -> None:
    outside, inside = await told(LENT, HOST, "350803-1", "350802-1")

    assert outside["data"] is None
    assert outside["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert inside["data"]["lent"]["id"] == "350802-1"


async def test_a_grant_that_ended_meanwhile_ends_what_is_told() -> None:
    ended = Grant(Role.HOST, "350802", valid_until=datetime.now(UTC) - timedelta(seconds=1))

    (answer,) = await told(LENT, Principal("a host", (ended,)), "350802-1")

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_interruption_is_told_with_what_to_do_and_a_fault_is_masked() -> None:
    *_, interrupted = await told(LENT, HOST, "350802-1", SubscriptionInterrupted())
    *_, fault = await told(LENT, HOST, KeyError("secret"))

    assert interrupted["errors"][0]["extensions"] == {
        "code": "SUBSCRIPTION_INTERRUPTED",
        "nextStep": "Subscribe again, and query the present state.",
    }
    assert fault["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(fault)


async def test_a_subscription_needs_a_stream_and_a_query_needs_none() -> None:
    needs = await SUBGRAPH.execute(LENT, context=context_of(HOST))
    query = await begun("{ me }", context_of(HOST))

    assert needs["errors"][0]["extensions"]["code"] == "STREAM_NEEDED"
    assert query == {"data": {"me": "a host"}}


async def answers(*values: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for value in values:
        yield value


async def test_server_sent_events_follow_the_protocol() -> None:
    parts = [part async for part in server_sent(answers({"data": 1}, {"data": 2}), HOST, "en")]

    assert parts == [b'event: next\ndata: {"data":1}\n\n', b'event: next\ndata: {"data":2}\n\n', COMPLETE]


async def test_the_end_of_the_token_is_the_end_of_the_stream() -> None:
    late = Principal("a host", HOST.grants, expires_at=datetime.now(UTC) + timedelta(seconds=0.05))

    *_, last, complete = [part async for part in server_sent(endless(), late, "en")]

    assert orjson.loads(last.partition(b"data: ")[2])["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"
    assert complete == COMPLETE


async def endless() -> AsyncIterator[dict[str, Any]]:
    while True:
        await asyncio.Event().wait()
        yield {}


COMPLETE = b"event: complete\ndata:\n\n"
