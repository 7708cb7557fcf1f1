"""Random operations over the city's own supergraph are answered like one executor answers them."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.gateway.city import DOCUMENT, OPERATIONS, ROOT, VARIABLES, City
from tests.gateway.operations import Operation, operations
from tests.gateway.test_differential import EXAMPLES, keys

CITY = City()
NESTED = ROOT / "deploy/demo/queries/nested.graphql"


@pytest.mark.timeout(900)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(operation=operations(CITY.engine.schema))
async def test_random_operations_over_the_city_are_answered_like_one_executor_answers_them(
    operation: Operation,
) -> None:
    expected = CITY.monolith.run(operation.query, operation.variables)

    found = await CITY.ask(operation.query, operation.variables)

    assert (found["data"], found.get("errors"), expected.errors) == (expected.data, None, None), operation
    assert keys(found["data"]) == keys(expected.data)


@pytest.mark.parametrize("name", OPERATIONS)
async def test_operations_over_the_city_are_answered_like_one_executor_answers_them(name: str) -> None:
    expected = CITY.monolith.run(DOCUMENT, VARIABLES, name)

    found = await CITY.ask(DOCUMENT, VARIABLES, name)

    assert (found, expected.errors) == ({"data": expected.data}, None)
    assert any(found["data"].values())


async def test_the_nested_question_is_answered_from_all_three_subgraphs() -> None:
    query = NESTED.read_text(encoding="utf-8")

    found = await CITY.ask(query, dict(VARIABLES))

    assert found == {"data": CITY.monolith.run(query, VARIABLES).data}
    assert "'standing': {" in str(found)
