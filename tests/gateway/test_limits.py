"""Attacks are refused before anything is planned or fetched, at a cost that their size bounds."""

from hashlib import sha256

import pytest
from gateway.cache import LONGEST_TEXT, MOST_TEXT
from gateway.http import Message, read_body
from gateway.jsontypes import JsonObject
from gateway.persisted import MOST_PERSISTED_BYTES, PersistedQueries
from gateway.refusals import Refused
from gateway.settings import Settings
from graphql import get_introspection_query

from tests.gateway.support import House


def nested(depth: int) -> list[object]:
    value: list[object] = [1]
    for _ in range(depth):
        value = [value]
    return value


def refusal(query: str, variables: dict[str, object] | None = None, **settings: int) -> Refused:
    house = House(Settings(**settings))  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        house.prepare(query, variables)  # type: ignore[arg-type]
    return refused.value


def test_ten_thousand_aliases_are_refused() -> None:
    aliases = " ".join(f"a{n}: __typename" for n in range(10_000))

    assert refusal(f"{{ {aliases} }}").code == "TOKEN_LIMIT"
    assert refusal(f"{{ {aliases} }}", max_tokens=100_000).extensions == {"limit": 250, "actual": 10_000}


def test_a_deep_operation_is_refused() -> None:
    refused = refusal("{ members " + "{ friends " * 40 + "{ id }" + "}" * 41)

    assert (refused.code, refused.extensions) == ("DEPTH_LIMIT", {"limit": 30, "actual": 42})


@pytest.mark.parametrize("depth", [200, 2_500])
def test_a_document_too_deep_to_be_read_is_refused(depth: int) -> None:
    refused = refusal("{ members " + "{ friends " * depth + "{ id }" + "}" * (depth + 1))

    assert (refused.code, refused.extensions["limit"]) == ("DEPTH_LIMIT", 30)


def test_fragments_that_double_are_counted_without_expanding_them() -> None:
    doubling = " ".join(f"fragment F{n} on Member {{ ...F{n + 1} x: friends {{ ...F{n + 1} }} }}" for n in range(90))

    refused = refusal(f"{{ members {{ ...F0 }} }} {doubling} fragment F90 on Member {{ id }}", max_depth=1_000)

    assert refused.code in ("SELECTION_LIMIT", "ALIAS_LIMIT")
    assert int(str(refused.extensions["actual"])) > 2**89


def test_a_long_chain_of_fragments_is_refused() -> None:
    chain = " ".join(f"fragment F{n} on Member {{ id ...F{n + 1} }}" for n in range(150))

    assert refusal(f"{{ me {{ ...F0 }} }} {chain} fragment F150 on Member {{ id }}").code == "DEPTH_LIMIT"


def test_many_fragments_are_refused() -> None:
    fragments = " ".join(f"fragment F{n} on Member {{ id }}" for n in range(1_000))

    assert refusal(f"{{ me {{ ...F0 }} }} {fragments}").extensions == {"limit": 200, "actual": 1_000}


def test_fragment_cycles_are_refused() -> None:
    cycle = "{ members { ...A } } fragment A on Member { friends { ...B } } fragment B on Member { friends { ...A } }"

    assert refusal(cycle).code == "GRAPHQL_VALIDATION_FAILED"


def test_root_fields_are_limited() -> None:
    assert refusal("{" + " a: __typename b: __typename" * 40 + "}").code == "ROOT_FIELD_LIMIT"


def test_a_flood_of_directives_is_refused() -> None:
    assert refusal("{ me @skip(if: false)" + " @x" * 20_000 + " { id } }").code == "TOKEN_LIMIT"


def test_nested_lists_multiply() -> None:
    nested = "query Q($n: Int) { members(first: $n) { claims(first: 1000) { member { claims(first: 1000) { id } } } } }"

    refused = refusal(nested, {"n": 500})

    assert refused.code == "LIST_COST_LIMIT"
    assert refused.extensions["limit"] == 250_000
    House().prepare(nested, {"n": 0})


def test_a_bulk_mutation_of_variables_is_no_attack() -> None:
    house = House()
    query = "query Q($filter: CommunityFilter) { communities(filter: $filter) { id } }"

    house.prepare(query, {"filter": {"numbers": list(range(5_000))}})


def test_refusals_are_remembered_without_what_led_to_them() -> None:
    """A refusal that is raised again and again would keep the frames, and with them the requests, of every time."""
    house = House()
    found = []
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            house.prepare("{ nonsense }")
        found.append(refused.value)
        frames = len(refused.traceback)

    assert all(one is found[0] for one in found)
    assert frames < 10


def test_fields_repeated_without_end_are_not_compared_without_end() -> None:
    house = House()
    repeated = "{ members { " + "friends { id } " * 900 + "} }"

    with pytest.raises(Refused) as refused:
        house.prepare(repeated)

    assert refused.value.as_errors()[0]["message"] == "Validation aborted."
    house.prepare("{ members { " + "friends { id } " * 100 + "} }")


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"f": {"numbers": [1] * 60_000}}, "VARIABLE_LIMIT"),
        ({"unknown": [{}] * 60_000}, "VARIABLE_LIMIT"),
        ({"f": {"numbers": nested(150)}}, "DEPTH_LIMIT"),
        ({"unknown": nested(900)}, "DEPTH_LIMIT"),
    ],
)
def test_variables_are_limited_in_number_and_depth(variables: dict[str, object], code: str) -> None:
    query = "query Q($f: CommunityFilter) { communities(filter: $f) { id } }"

    assert refusal(query, variables).code == code


@pytest.mark.parametrize(
    "query",
    [
        "{ " + " ".join(f"a{n}: __schema {{ types {{ name fields {{ name }} }} }}" for n in range(60)) + " }",
        "{ __schema { " + " ".join(f"a{n}: types {{ name fields {{ name }} }}" for n in range(100)) + " } }",
        '{ __type(name: "Query") { '
        + " ".join(f"a{n}: fields {{ type {{ fields {{ name }} }} }}" for n in range(200))
        + " } }",
    ],
)
async def test_the_schema_is_not_told_many_times_over(query: str) -> None:
    with pytest.raises(Refused) as refused:
        await House().ask(query)

    assert refused.value.code == "INTROSPECTION_LIMIT"


async def test_the_whole_schema_is_told_and_remembered() -> None:
    house = House()
    query = get_introspection_query(descriptions=True, input_value_deprecation=True, specified_by_url=True)

    first, second = await house.data(query), await house.data(query)

    assert first["__schema"] is second["__schema"]  # type: ignore[index,call-overload]


async def test_what_is_known_of_documents_keeps_no_more_of_their_text_than_it_may() -> None:
    """A tree takes up to 200 times the memory of its text, and a thousand texts of two megabytes fill a machine."""
    house = House()

    for number in range(20):
        await house.ask(f"{{ {'a' * 50_000}{number}: __typename }}")
        house.prepare(f'{{ __type(name: "{"x" * 100_000}{number}") {{ name }} }}')

    engine = house.engine
    documents = sum(len(text) for text in engine._documents._known._values)
    costs, plans = (sum(len(text) for text, *_ in cache._values) for cache in (engine._costs, engine._plans))
    assert all(MOST_TEXT / 2 < kept <= MOST_TEXT for kept in (documents, costs, plans))


async def test_a_declared_length_over_the_limit_is_refused_before_anything_is_read() -> None:
    async def receive() -> Message:
        raise AssertionError("nothing has to be read to know that it is too much")

    with pytest.raises(Refused) as refused:
        await read_body(receive, {"content-length": "9000000"}, Settings())

    assert refused.value.as_errors()[0]["extensions"] == {"code": "BODY_LIMIT", "limit": 2**21, "actual": 9_000_000}


def persisted(query: str) -> JsonObject:
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}


def is_remembered(queries: PersistedQueries, query: str) -> bool:
    try:
        return queries.text(None, persisted(query)) == query
    except Refused:
        return False


@pytest.mark.parametrize(("characters", "kept"), [(LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)])
def test_a_document_too_long_to_be_persisted_is_answered_and_forgotten(characters: int, kept: bool) -> None:
    queries, query = PersistedQueries(10), "{ __typename }".ljust(characters)

    assert queries.text(query, persisted(query)) == query
    assert is_remembered(queries, query) == kept


def test_persisted_documents_are_bounded_in_bytes_too() -> None:
    """Characters beyond the basic plane take four bytes each: a thousand documents of them would be 256 MiB."""
    queries = PersistedQueries(1_000)
    texts = [f"{{ __typename }} # {number} ".ljust(LONGEST_TEXT, "\N{BIRD}") for number in range(100)]

    for text in texts:
        queries.text(text, persisted(text))

    kept = [text for text in texts if is_remembered(queries, text)]
    assert kept[-1] == texts[-1]
    assert sum(len(text.encode()) for text in kept) <= MOST_PERSISTED_BYTES
