"""Random operations over the fixture supergraph are answered like a monolith answers them."""

import os
from typing import Any

import pytest
from gateway.jsontypes import JsonObject
from hypothesis import HealthCheck, given, settings

from tests.gateway.operations import Operation, operations
from tests.gateway.support import House

EXAMPLES = int(os.environ.get("HUIJIA_RANDOM_OPERATIONS", "500"))
HOUSE = House()
MONOLITH = HOUSE.monolith()


def check_errors(found: JsonObject, expected: int, operation: Operation) -> None:
    """Which of several errors under one null are told is free; each must lead to a null."""
    errors: Any = found.get("errors", [])
    assert bool(errors) == bool(expected), (operation, found)
    for error in errors:
        assert leads_to_null(found["data"], error["path"]), (operation, error)


def leads_to_null(value: Any, path: list[Any]) -> bool:
    for step in path:
        if value is None:
            return True
        value = value[step]
    return value is None


@pytest.mark.timeout(900)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(operation=operations(HOUSE.engine.schema))
async def test_random_operations_are_answered_like_a_monolith_answers_them(operation: Operation) -> None:
    expected = MONOLITH.run(operation.query, operation.variables)

    found = await HOUSE.ask(operation.query, operation.variables)

    assert found["data"] == expected.data, (
        operation.query,
        operation.variables,
        HOUSE.plan(operation.query, operation.variables),
    )
    check_errors(found, len(expected.errors or []), operation)
    assert keys(found["data"]) == keys(expected.data)


def keys(value: Any) -> Any:
    """The order of response keys counts, too."""
    if isinstance(value, dict):
        return [(key, keys(item)) for key, item in value.items()]
    return [keys(item) for item in value] if isinstance(value, list) else None
