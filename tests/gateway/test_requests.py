"""What a request may ask for besides data: a plan, or a document by its hash."""

from hashlib import sha256
from typing import Any

import pytest

from tests.gateway.conftest import GatewayProcess

QUERY = "{ members(first: 1) { standing } }"


def grants(*permissions: str) -> list[dict[str, Any]]:
    return [{"role": "INTEGRATION", "scope": "350800", "permissions": list(permissions)}]


async def test_the_plan_is_shown_to_those_permitted(gateway: GatewayProcess) -> None:
    headers = {"authorization": f"Bearer {gateway.token(grants=grants('explain'))}", "x-explain": "1"}

    _, answer = await gateway.post(QUERY, headers)

    assert answer["data"] == {"members": [{"standing": 6}]}
    assert answer["extensions"]["requests"] == 2
    assert "Flatten _entities: members as Member" in answer["extensions"]["plan"]


async def test_no_cache_keeps_an_answer_with_its_plan(gateway: GatewayProcess) -> None:
    gateway.subgraphs.cache_control["people"] = "max-age=60, public"
    headers = {"authorization": f"Bearer {gateway.token(grants=grants('explain'))}"}
    told = []
    for wish in ({}, {"x-explain": "1"}):
        ask = gateway.session.post(f"{gateway.url}/graphql", json={"query": "{ me { id } }"}, headers=headers | wish)
        async with ask as response:
            told.append(response.headers["cache-control"])

    assert told == ["max-age=60, public", "no-store"]


@pytest.mark.parametrize("permissions", [[], ["read"]])
async def test_the_plan_is_refused_to_others(gateway: GatewayProcess, permissions: list[str]) -> None:
    headers = {"authorization": f"Bearer {gateway.token(grants=grants(*permissions))}", "x-explain": "1"}

    _, answer = await gateway.post(QUERY, headers)
    _, anonymous = await gateway.post(QUERY, {"x-explain": "1"})

    assert answer["errors"][0]["extensions"]["code"] == "EXPLAIN_NOT_ALLOWED"
    assert anonymous == answer
    assert not gateway.subgraphs.calls


async def by_hash(gateway: GatewayProcess, **body: Any) -> Any:
    async with gateway.session.post(f"{gateway.url}/graphql", json=body) as response:
        return await response.json(content_type=None)


async def test_a_document_may_be_sent_by_its_hash_once_it_was_sent_whole(gateway: GatewayProcess) -> None:
    query = "query Persisted { members(first: 2) { id } }"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}

    unknown = await by_hash(gateway, extensions=extensions)
    whole = await by_hash(gateway, query=query, extensions=extensions)
    known = await by_hash(gateway, extensions=extensions)

    assert unknown["errors"][0]["message"] == "PersistedQueryNotFound"
    assert unknown["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert known == whole == {"data": {"members": [{"id": "m1"}, {"id": "m2"}]}}


async def test_a_hash_of_another_document_is_refused(gateway: GatewayProcess) -> None:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(b"another").hexdigest()}}

    answer = await by_hash(gateway, query=QUERY, extensions=extensions)

    assert answer["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_HASH_MISMATCH"
