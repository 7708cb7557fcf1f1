"""The policy stands before every field, and can't be forgotten."""

from typing import Any

import pytest
import strawberry
from servicekit.graphql import Info, SchemaError, build_schema, result_union
from servicekit.security import AUTHENTICATED, PUBLIC, Grant, Principal, Role, Rule, Target, allow

from tests.servicekit.graphql.asking import ELSEWHERE, HOST, ask, context_of, data_of, error_of
from tests.servicekit.graphql.library import POLICY, Book, Mutation, Query, Reader, Shelf

LEND = """mutation ($book: ID!) {
  lend(input: {bookId: $book}) { __typename ... on Refusal { code message nextStep path } ... on Book { id } }
}"""


def build_without(*keys: str) -> None:
    build_with({key: rule for key, rule in POLICY.items() if key not in keys})


def build_with(policy: dict[str, Rule], query: type = Query, types: Any = (Book, Shelf, Reader)) -> None:
    build_schema(query=query, mutation=Mutation, types=types, policy=policy)


@pytest.mark.parametrize("key", ["Mutation.lend", "Query.book"])
def test_a_root_field_without_a_rule_can_not_be_built(key):
    with pytest.raises(SchemaError, match=f"{key} has no rule in the policy"):
        build_without(key)


def test_an_object_type_without_a_rule_can_not_be_built():
    with pytest.raises(SchemaError, match=r"Reader.id has no rule in the policy, nor has Reader"):
        build_without("Reader")


def test_rules_of_all_its_fields_are_as_good_as_the_types_rule():
    build_with({**{key: rule for key, rule in POLICY.items() if key not in ("Reader", "Broken")}, "Reader.id": PUBLIC})


def test_a_rule_that_names_nothing_can_not_be_built():
    with pytest.raises(SchemaError, match=r"Mutation.lent names nothing"):
        build_with({**POLICY, "Mutation.lent": PUBLIC})


def test_a_scoped_rule_on_a_type_without_a_target_can_not_be_built():
    with pytest.raises(SchemaError, match="Reader has a scoped rule, so it needs"):
        build_with({**POLICY, "Reader": allow(Role.HOST)})


def test_a_non_null_field_with_a_scoped_rule_can_not_be_built():
    with pytest.raises(SchemaError, match=r"Book.id has a rule of its own, so it must be nullable"):
        build_with({**POLICY, "Book.id": allow(Role.HOST)})


def test_a_mutation_that_can_not_answer_the_central_refusals_can_not_be_built():
    @strawberry.type(name="Mutation")
    class Careless:
        @strawberry.mutation
        def lend(self) -> bool:
            return True

    with pytest.raises(SchemaError, match=r"Mutation.lend must answer a result_union or bulk_union"):
        build_schema(
            query=Query,
            mutation=Careless,
            types=[Book, Shelf],
            policy={key: rule for key, rule in POLICY.items() if not key.startswith("Mutation.")}
            | {"Mutation.lend": PUBLIC},
        )


def test_a_mutation_that_takes_a_list_must_be_able_to_answer_too_many_rows():
    result = result_union("ListlessResult", Book)

    @strawberry.type(name="Mutation")
    class Listless:
        @strawberry.mutation(graphql_type=result)
        def lend(self, ids: list[strawberry.ID]) -> Book:
            return Book.of({"id": ids[0]})

    with pytest.raises(SchemaError, match="its result union needs TooManyRows"):
        build_schema(
            query=Query,
            mutation=Listless,
            types=[Book, Shelf],
            policy={key: rule for key, rule in POLICY.items() if not key.startswith("Mutation.")}
            | {"Mutation.lend": PUBLIC},
        )


async def test_a_query_without_the_role_is_forbidden_before_its_resolver_runs():
    answer = await ask('{ book(id: "350802-1") { id } }')

    assert answer["data"] == {"book": None}
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "Query.book" in error["message"]
    assert error["path"] == ["book"]


async def test_a_mutation_without_the_role_answers_a_typed_refusal():
    data = await data_of(LEND, book="350802-1")

    assert data["lend"]["__typename"] == data["lend"]["code"] == "NotPermitted"
    assert data["lend"]["nextStep"]


async def test_a_role_on_another_scope_is_refused():
    data = await data_of(LEND, context=context_of(ELSEWHERE), book="350802-1")

    assert data["lend"]["__typename"] == "NotPermitted"


async def test_a_role_on_the_scope_is_permitted():
    data = await data_of(LEND, context=context_of(HOST), book="350802-1")

    assert data["lend"] == {"__typename": "Book", "id": "350802-1"}


async def test_a_query_that_forgot_to_check_the_scope_is_a_fault_not_a_leak():
    answer = await ask("{ careless { nodes { id } } }", context=context_of(HOST))

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"


async def test_an_empty_answer_needs_no_scope():
    data = await data_of("{ careless(empty: true) { nodes { id } } }", context=context_of(HOST))

    assert data["careless"]["nodes"] == []


async def test_a_field_with_a_rule_of_its_own_is_null_for_others_and_costs_only_itself():
    document = '{ _entities(representations: [{__typename: "Book", id: "350802-1"}]) { ... on Book { id price } } }'

    seen = await data_of(document, context=context_of(HOST))
    hidden = await ask(document, context=context_of(ELSEWHERE))

    assert seen["_entities"] == [{"id": "350802-1", "price": 42}]
    assert hidden["data"]["_entities"] == [{"id": "350802-1", "price": None}]
    assert hidden["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert hidden["errors"][0]["path"] == ["_entities", 0, "price"]


async def test_authenticated_means_any_subject():
    someone = Principal("someone")

    assert (await data_of("{ me }", context=context_of(someone)))["me"] == "someone"
    assert (await error_of("{ me }"))["extensions"]["code"] == "FORBIDDEN"


async def test_an_auditor_reads():
    auditor = Principal("auditor", (Grant(Role.AUDITOR, "3508"),))

    data = await data_of('{ book(id: "350802-1") { id } }', context=context_of(auditor))

    assert data["book"] == {"id": "350802-1"}


def test_many_targets_are_judged_in_order():
    context = context_of(HOST)
    targets = [Target(division="350802001001"), Target(division="350803001001"), Target()]

    assert context.permits_many("Mutation.lend", targets) == [True, False, False]


def test_a_type_rule_may_ask_for_a_token_only():
    @strawberry.type(name="Query")
    class Small:
        @strawberry.field
        def shelf(self, info: Info) -> Shelf:
            return Shelf(code=strawberry.ID("s"))

    built = build_schema(query=Small, policy={"Query.shelf": PUBLIC, "Shelf": AUTHENTICATED, "Book": PUBLIC})

    assert "type Shelf" in built.sdl
