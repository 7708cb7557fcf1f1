"""The query language: fragments, aliases, conditions, variables, abstract types, type names, introspection."""

import pytest
from gateway.refusals import Refused
from gateway.settings import Settings

from tests.gateway.support import House


async def test_aliases_tell_the_same_field_with_different_arguments_apart() -> None:
    data = await House().data(
        "{ a: members(first: 1) { short: name(style: SHORT) long: name } b: members(first: 2) { id } }"
    )

    assert data == {"a": [{"short": "Member", "long": "Member Number1"}], "b": [{"id": "m1"}, {"id": "m2"}]}


async def test_an_alias_may_have_the_name_of_a_key_field() -> None:
    data = await House().data("{ best { card: name id: standing } }")

    assert data["best"][1] == {"card": "Member Number1", "id": 6}  # type: ignore[index,call-overload]


async def test_fragments_merge_with_fields() -> None:
    query = """
        query { members(first: 1) { ...A home { city } ... on Node { id } } }
        fragment A on Member { home { street __typename } ...B }
        fragment B on Member { standing }
    """

    data = await House().data(query)

    member = {"home": {"street": None, "__typename": "Address", "city": "City 1"}, "standing": 6, "id": "m1"}
    assert data == {"members": [member]}


@pytest.mark.parametrize(
    ("variables", "calls"), [({"with": True}, {"people": 1, "marks": 1}), ({"with": False}, {"people": 1})]
)
async def test_a_field_that_is_not_included_costs_no_request(variables: dict[str, bool], calls: dict[str, int]) -> None:
    house = House()
    query = "query Q($with: Boolean!) { members(first: 1) { id standing @include(if: $with) } }"

    data = await house.data(query, dict(variables))

    assert ("standing" in data["members"][0]) == variables["with"]  # type: ignore[operator,index,call-overload]
    assert house.calls() == calls


async def test_variables_and_their_defaults_reach_the_subgraphs() -> None:
    house = House()
    query = """
        query Q($filter: CommunityFilter = {numbers: [3], level: CITY}, $n: Int = 1, $style: Style) {
          communities(filter: $filter) { members(first: $n) { name(style: $style) } }
        }
    """

    default = await house.data(query, {"style": "SHORT"})
    given = await house.data(query, {"filter": {"numbers": [1, 2]}, "style": "SHORT"})

    assert default == {"communities": [{"members": [{"name": "Member"}]}]}
    assert len(given["communities"]) == 2  # type: ignore[index,arg-type,call-overload]
    assert house.subgraphs["people"].requests[0]["variables"] == {"style": "SHORT"}


@pytest.mark.parametrize(
    "variables",
    [{}, {"n": "many"}, {"n": None}, {"n": 1, "f": {"level": "NOWHERE"}}, {"n": 1, "f": {"level": "HIDDEN"}}],
)
async def test_unfit_variables_are_refused_before_anything_is_fetched(variables: dict[str, object]) -> None:
    house = House()
    query = "query Q($n: Int!, $f: CommunityFilter) { members(first: $n) { id } communities(filter: $f) { id } }"

    with pytest.raises(Refused) as refused:
        await house.ask(query, variables)  # type: ignore[arg-type]

    assert refused.value.code == "BAD_USER_INPUT"
    assert not house.requests


async def test_abstract_types_are_narrowed() -> None:
    query = """{
        search(text: "1") { __typename ... on Node { id } ... on Member { standing } ... on Community { load } }
        badges { ... on Star { label rays } ... on Medal { label holder { name } } }
    }"""

    data = await House().data(query)

    assert data["search"] == [  # type: ignore[index,call-overload]
        {"__typename": "Member", "id": "m1", "standing": 6},
        {"__typename": "Community", "id": "c1", "load": 3},
    ]
    assert data["badges"][1] == {"label": "medal", "holder": {"name": "Member Number1"}}  # type: ignore[index,call-overload]


async def test_type_names_alone_need_no_subgraph() -> None:
    house = House()

    assert await house.data("{ __typename kind: __typename }") == {"__typename": "Query", "kind": "Query"}
    assert not house.requests


async def test_introspection_shows_the_api_and_nothing_internal() -> None:
    house = House()
    query = """{
        __schema { types { name fields { name } enumValues { name } } directives { name } }
        __type(name: "Level") { enumValues { name } }
        members(first: 1) { id }
    }"""

    data = await house.data(query)

    text = str(data)
    assert not any(
        word in text for word in ("join__", "link__", "secret", "HIDDEN", "_entities", "_Any", "inaccessible")
    )
    assert data["__type"] == {"enumValues": [{"name": "CITY"}, {"name": "STREET"}]}  # type: ignore[index,call-overload]
    assert data["members"] == [{"id": "m1"}]  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ me { id } x: __type(name: "Member") { name } }',
        "query A { me { id } } query B { ...S } fragment S on Query { __schema { queryType { name } } }",
    ],
)
async def test_introspection_can_be_switched_off(query: str) -> None:
    house = House(Settings(introspection=False))

    with pytest.raises(Refused) as refused:
        house.prepare(query, operation="A")

    assert refused.value.code == "INTROSPECTION_DISABLED"
    assert await house.data("{ __typename }") == {"__typename": "Query"}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ members { nam } }", {}),
        ("{ members(fist: 1) { id } }", {}),
        ("{ communities(filter: {level: CITTY}) { id } }", {}),
        ("query Q($f: CommunityFilter) { communities(filter: $f) { id } }", {"f": {"level": "CITTY"}}),
        ("query Q($f: CommunityFilter) { communities(filter: $f) { id } }", {"f": {"nunbers": []}}),
    ],
)
async def test_without_introspection_no_message_tells_what_the_schema_has(
    query: str, variables: dict[str, object]
) -> None:
    def told(**settings: bool) -> str:
        with pytest.raises(Refused) as refused:
            House(Settings(**settings)).prepare(query, variables)  # type: ignore[arg-type]
        return str(refused.value.as_errors())

    assert "Did you mean" in told()
    assert "Did you mean" not in told(introspection=False)


async def test_an_inaccessible_field_can_not_be_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        await House().ask("{ members { secret } }")

    assert refused.value.code == "GRAPHQL_VALIDATION_FAILED"


async def test_an_inaccessible_enum_value_is_null() -> None:
    house = House()
    house.world.rows["Member", "m1"]["level"] = "HIDDEN"

    assert await house.data("{ members(first: 1) { level } }") == {"members": [{"level": None}]}


async def test_mutations_run_one_after_the_other() -> None:
    house = House()
    query = """mutation {
        a: rename(id: "m1", name: "First Name") { name standing }
        b: praise(card: "card-1") { name }
        c: rename(id: "m1", name: "Second") { name }
        d: note(text: "x") e: note(text: "y")
    }"""

    data = await house.data(query)

    assert house.world.log == ["rename m1 First Name", "praise card-1", "rename m1 Second", "note x", "note y"]
    assert data == {
        "a": {"name": "First Name", "standing": 5},
        "b": {"name": "First Name"},
        "c": {"name": "Second"},
        "d": 4,
        "e": 5,
    }


async def test_neighbouring_mutations_of_one_subgraph_go_together() -> None:
    house = House()

    await house.data('mutation { a: note(text: "1") b: note(text: "2") c: rename(id: "m1", name: "N") { id } }')

    assert house.calls() == {"people": 1}


async def test_an_operation_is_chosen_by_its_name() -> None:
    query = "query A { me { id } } query B { __typename }"

    assert (await House().ask(query, operation="B"))["data"] == {"__typename": "Query"}
    for wrong in (None, "C"):
        with pytest.raises(Refused, match="document has"):
            await House().ask(query, operation=wrong)


@pytest.mark.parametrize("directive", ["defer", "stream"])
async def test_incremental_delivery_is_refused_loudly(directive: str) -> None:
    with pytest.raises(Refused) as refused:
        await House().ask(f"{{ me {{ ... @{directive} {{ id }} }} }}")

    assert refused.value.code == "DIRECTIVE_NOT_SUPPORTED"


async def test_a_remembered_plan_is_only_for_the_same_conditions() -> None:
    house = House()
    query = "query Q($with: Boolean!) { me { id card @include(if: $with) } }"

    answers = [await house.data(query, {"with": wanted}) for wanted in (True, False, True)]

    assert answers == [{"me": {"id": "m1", "card": "card-1"}}, {"me": {"id": "m1"}}, answers[0]]
