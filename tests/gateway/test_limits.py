"""Attacks are refused before anything is planned or fetched, at a cost that their size bounds."""

import pytest
from gateway.cache import MOST_TEXT
from gateway.refusals import Refused
from gateway.settings import Settings

from tests.gateway.support import House


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


def test_refusals_are_remembered() -> None:
    house = House()
    for _ in range(2):
        with pytest.raises(Refused):
            house.prepare("{ nonsense }")


def test_what_is_worked_out_of_documents_keeps_no_more_of_their_text_than_the_caches_may() -> None:
    """A document too long to be kept is the key of its cost: a thousand of two megabytes each filled the memory."""
    house = House()

    for number in range(20):
        house.prepare(f'{{ __type(name: "{"x" * 100_000}{number}") {{ name }} }}')

    kept = sum(len(text) for text, *_ in house.engine._costs._values)
    assert kept <= MOST_TEXT
