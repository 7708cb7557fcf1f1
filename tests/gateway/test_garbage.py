"""Whatever a subgraph answers, the client gets a GraphQL answer that its schema allows."""

import os
import random
from typing import Any

from gateway.jsontypes import JsonObject
from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLSchema, is_leaf_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.support import Break, House

EXAMPLES = int(os.environ.get("HUIJIA_RANDOM_ANSWERS", "150"))
QUERY = """{
    members(first: 3) { id name standing level home { city } badge { __typename ... on Medal { holder { name } } } }
    search(text: "1") { __typename ... on Node { id } ... on Community { load division { code level } } }
    offers { title community { name } ... on Wish { wisher { greeting } } ... on Post { claims { mark } } }
    grades { claim { hours member { name } } }
}"""
JUNK: list[Any] = [
    None,
    7,
    "junk",
    [],
    {},
    [None],
    {"__typename": "Ghost"},
    {"__typename": ["x"]},
    [[1]],
    True,
    {"id": {}},
]
HOUSE = House()


def spoiling(seed: int, share: float) -> Break:
    dice = random.Random(seed)

    def spoil(value: Any) -> Any:
        if dice.random() < share:
            return dice.choice(JUNK)
        if isinstance(value, dict):
            return {key: spoil(item) for key, item in value.items() if dice.random() > share / 2}
        return [spoil(item) for item in value] if isinstance(value, list) else value

    def broken(answer: JsonObject) -> JsonObject:
        spoilt = spoil(answer)
        return spoilt if isinstance(spoilt, dict) else {"data": spoilt, "errors": [spoilt]}

    return broken


def fits(schema: GraphQLSchema, declared: Any, value: Any) -> bool:
    if isinstance(declared, GraphQLNonNull):
        return value is not None and fits(schema, declared.of_type, value)
    if value is None:
        return True
    if isinstance(declared, GraphQLList):
        return isinstance(value, list) and all(fits(schema, declared.of_type, item) for item in value)
    if isinstance(declared, GraphQLEnumType):
        return value in declared.values
    if is_leaf_type(declared):
        return True
    return isinstance(value, dict) and all(fits_field(schema, declared, key, item) for key, item in value.items())


def fits_field(schema: GraphQLSchema, parent: Any, key: str, value: Any) -> bool:
    if key == "__typename":
        return value in schema.type_map
    candidates = [parent] if hasattr(parent, "fields") and key in parent.fields else schema.get_possible_types(parent)
    found = [t.fields[key].type for t in candidates if key in t.fields]
    return any(fits(schema, declared, value) for declared in found)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.02, 0.1, 0.3]))
async def test_garbage_never_gets_through(seed: int, share: float) -> None:
    HOUSE.broken = {name: spoiling(seed, share) for name in ("people", "work", "marks")}

    answer = await HOUSE.ask(QUERY)

    data = answer["data"]
    assert data is not None or answer["errors"]
    if isinstance(data, dict):
        query = HOUSE.engine.schema.query_type
        assert list(data) == ["members", "search", "offers", "grades"]
        assert all(fits_field(HOUSE.engine.schema, query, key, value) for key, value in data.items())


def test_the_check_itself_sees_a_misfit() -> None:
    schema = House().engine.schema

    assert not fits_field(schema, schema.query_type, "members", [{"level": "HIDDEN"}])
    assert not fits_field(schema, schema.query_type, "members", None)
