"""`_entities`: one load a type, and one bad representation costs only itself."""

import pytest
import strawberry
from servicekit.graphql import build_schema, extend
from servicekit.security import PUBLIC

from tests.servicekit.graphql.asking import ask, context_of, data_of, error_of
from tests.servicekit.graphql.library import Store

ENTITIES = """query ($of: [_Any!]!) {
  _entities(representations: $of) { __typename ... on Book { id } ... on Shelf { code } ... on Reader { id } }
}"""


async def test_representations_are_grouped_into_one_load_for_each_type():
    store = Store()
    books = [{"__typename": "Book", "id": f"b{n}"} for n in range(50)]
    shelves = [{"__typename": "Shelf", "code": f"s{n}"} for n in range(50)]
    mixed = [one for pair in zip(books, shelves, strict=True) for one in pair]

    data = await data_of(ENTITIES, context=context_of(store=store), of=mixed)

    assert [one.get("id") or one.get("code") for one in data["_entities"]] == [
        one.get("id") or one.get("code") for one in mixed
    ]
    assert store.loads == {"book references": 1, "shelf references": 1}


async def test_an_entity_is_found_by_any_of_its_keys():
    data = await data_of(
        ENTITIES,
        of=[{"__typename": "Shelf", "code": "s1"}, {"__typename": "Shelf", "hallId": "h9", "row": 3}],
    )

    assert [one["code"] for one in data["_entities"]] == ["s1", "h9/3"]


async def test_an_entity_of_another_subgraph_is_its_key():
    data = await data_of(ENTITIES, of=[{"__typename": "Reader", "id": "r1"}])

    assert data["_entities"] == [{"__typename": "Reader", "id": "r1"}]


def test_an_entity_has_the_fields_of_its_parts_after_its_own():
    @strawberry.type
    class Reader:
        id: strawberry.ID

    @strawberry.type
    class ReaderLoans:
        id: strawberry.ID

        @strawberry.field
        def loans(self) -> int:
            return len(self.id)

    @strawberry.type
    class Query:
        reader: Reader

    extend(Reader, ReaderLoans)
    subgraph = build_schema(query=Query, policy={"Query.reader": PUBLIC, "Reader": PUBLIC})

    assert "type Reader {\n  id: ID!\n  loans: Int!\n}" in subgraph.sdl


async def test_an_unknown_entity_is_null_without_an_error():
    data = await data_of(ENTITIES, of=[{"__typename": "Book", "id": "unknown"}, {"__typename": "Book", "id": "b"}])

    assert data["_entities"] == [None, {"__typename": "Book", "id": "b"}]


@pytest.mark.parametrize(
    ("representation", "words"),
    [
        ({"__typename": "Nothing", "id": "1"}, "no entity type 'Nothing'"),
        ({"id": "1"}, "no entity type"),
        ({"__typename": "Query"}, "no entity type"),
        ({"__typename": "Book"}, "one of its keys"),
        ({"__typename": "Book", "id": None}, "one of its keys"),
        ({"__typename": "Book", "id": {"$ne": 1}}, "one of its keys"),
        ({"__typename": "Book", "id": "x" * 201}, "one of its keys"),
        ({"__typename": "Book", "id": 2**63}, "one of its keys"),
        ({"__typename": "Shelf", "hallId": "h"}, "one of its keys"),
        ("Book", "must be an object"),
    ],
)
async def test_a_bad_representation_nulls_only_itself(representation, words):
    answer = await ask(ENTITIES, of=[representation, {"__typename": "Book", "id": "b"}])

    assert answer["data"]["_entities"] == [None, {"__typename": "Book", "id": "b"}]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_REPRESENTATION"
    assert words in error["message"]
    assert error["path"] == ["_entities", 0]


async def test_a_fault_of_one_type_leaves_the_other_types_entities_alone():
    answer = await ask(ENTITIES, of=[{"__typename": "Broken", "id": "1"}, {"__typename": "Book", "id": "b"}])

    assert answer["data"]["_entities"] == [None, {"__typename": "Book", "id": "b"}]
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(answer)


async def test_1001_representations_are_refused():
    error = await error_of(ENTITIES, of=[{"__typename": "Book", "id": str(n)} for n in range(1_001)])

    assert error["extensions"]["code"] == "TOO_MANY_ROWS"
    assert error["extensions"]["path"] == "representations"
    assert "1000" in error["message"]


async def test_the_service_tells_its_sdl():
    data = await data_of("{ _service { sdl } }")

    assert 'type Shelf @key(fields: "code") @key(fields: "hallId row")' in data["_service"]["sdl"]
    assert "federation/v2.9" in data["_service"]["sdl"]


def test_an_entity_without_resolve_references_can_not_be_built():
    @strawberry.federation.type(keys=["id"])
    class Orphan:
        id: strawberry.ID

    @strawberry.type
    class Query:
        orphan: Orphan

    with pytest.raises(TypeError, match="entity Orphan has no resolve_references"):
        build_schema(query=Query, policy={"Query.orphan": PUBLIC, "Orphan": PUBLIC})
