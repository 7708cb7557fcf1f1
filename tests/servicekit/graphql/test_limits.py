"""Whatever comes in has a limit, said or not."""

import pytest
from servicekit.graphql import Limits, build_schema
from servicekit.graphql.documents import MOST_CACHED, Documents

from tests.servicekit.graphql.asking import HOST, SUBGRAPH, ask, context_of, data_of, error_of
from tests.servicekit.graphql.library import POLICY, Book, Broken, Mutation, Query, Reader, Shelf

LEND = """mutation ($input: LendInput!) {
  lend(input: $input) { __typename ... on InvalidInput { path message } ... on TooManyRows { path limit } }
}"""


@pytest.mark.parametrize(
    ("input", "path", "zh", "en"),
    [
        ({"reader": "x" * 2_001}, "input.reader", "最多 2000 个字符,收到 2001 个", "at most 2000 characters, got 2001"),
        ({"reader": "a\x00b"}, "input.reader", "含有控制字符", "it has control characters"),
        ({"reader": "a\ufffeb"}, "input.reader", "含有控制字符", "it has control characters"),
        ({"bookId": "x" * 201}, "input.bookId", "最多 200 个字符,收到 201 个", "at most 200 characters, got 201"),
        (
            {"authors": [{"name": "A"}, {"name": "B", "note": "123456"}]},
            "input.authors.1.note",
            "最多 5 个字符,收到 6 个",
            "at most 5 characters, got 6",
        ),
    ],
)
async def test_a_text_over_its_limit_is_refused_with_its_path_in_both_languages(input, path, zh, en):
    input = {"bookId": "350802-1", **input}

    chinese = await data_of(LEND, context=context_of(HOST), input=input)
    english = await data_of(LEND, context=context_of(HOST, language="en"), input=input)

    assert chinese["lend"] == {"__typename": "InvalidInput", "path": path, "message": f"输入有误:{zh}"}
    assert english["lend"] == {"__typename": "InvalidInput", "path": path, "message": f"Invalid input: {en}"}


async def test_line_breaks_and_the_characters_of_names_are_fine():
    input = {"bookId": "350802-1", "reader": "新罗区\n欧阳·娜娜\t𠮷"}

    data = await data_of(LEND, context=context_of(HOST), input=input)

    assert data["lend"]["__typename"] == "Book"


async def test_an_inner_list_over_500_rows_is_refused():
    data = await data_of(LEND, context=context_of(HOST), input={"bookId": "1", "authors": [{"name": "x"}] * 501})

    assert data["lend"] == {"__typename": "TooManyRows", "path": "input.authors", "limit": 500}


@pytest.mark.parametrize("number", ["1234", "12345678"])
async def test_an_argument_may_have_a_limit_of_its_own(number):
    error = await error_of('query ($n: String) { find(text: "x", number: $n) }', n=number)

    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["extensions"]["path"] == "number"


@pytest.mark.parametrize("first", [101, 0, -1])
async def test_more_than_100_a_page_is_refused_with_the_path(first):
    error = await error_of("query ($first: Int!) { shelves(first: $first) { nodes { code } } }", first=first)

    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["extensions"]["path"] == "first"
    assert error["path"] == ["shelves"]
    assert str(first) in error["message"]


async def test_more_than_100_a_page_is_refused_in_nested_lists_too():
    answer = await ask("{ shelves(first: 1) { nodes { code books(first: 101) { nodes { id } } } } }")

    (error,) = answer["errors"]
    assert error["extensions"]["path"] == "first"
    assert error["path"] == ["shelves", "nodes", 0, "books"]


def small(limits: Limits):
    return build_schema(
        query=Query, mutation=Mutation, types=[Book, Shelf, Reader, Broken], policy=POLICY, limits=limits
    )


@pytest.mark.parametrize(
    "document",
    [
        "{ shelves { nodes { books { nodes { id } } } } }",
        "{ shelves { ...F } } fragment F on ShelfConnection { nodes { ...G } }"
        " fragment G on Shelf { books { nodes { id } } }",
        "{ shelves { ... on ShelfConnection { nodes { ... { books { nodes { id } } } } } } }",
    ],
)
async def test_a_query_too_deep_is_refused_however_it_is_written(document):
    subgraph = small(Limits(depth=4))

    answer = await subgraph.execute(document, context=context_of(subgraph=subgraph))

    assert "data" not in answer
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "TOO_DEEP"
    assert (error["extensions"]["actual"], error["extensions"]["limit"]) == (5, 4)


async def test_a_document_of_too_many_tokens_is_refused():
    subgraph = small(Limits(tokens=50))

    answer = await subgraph.execute("{" + " me" * 60 + "}", context=context_of(subgraph=subgraph))

    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"


@pytest.mark.parametrize(
    ("document", "variables", "code", "words"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ("{ shelfs { nodes { code } } }", {}, "GRAPHQL_VALIDATION_FAILED", "Did you mean 'shelves'?"),
        ("query ($n: Int!) { shelves(first: $n) { nodes { code } } }", {"n": "x"}, "BAD_USER_INPUT", "$n"),
        ("query ($n: Int!) { shelves(first: $n) { nodes { code } } }", {}, "BAD_USER_INPUT", "$n"),
        ("query A { me } query B { me }", {}, "BAD_USER_INPUT", "operation"),
    ],
)
async def test_the_querys_own_mistakes_stay_readable(document, variables, code, words):
    answer = await ask(document, **variables)

    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code
    assert words in answer["errors"][0]["message"]


async def test_a_document_is_parsed_and_validated_once():
    documents = SUBGRAPH._documents

    first = documents.prepare("{ me __typename }")

    assert documents.prepare("{ me __typename }") is first


def test_documents_that_are_all_new_and_long_are_kept_up_to_a_bound_in_characters() -> None:
    """A thousand of fourteen thousand characters took 1.6 GB as syntax trees, and nobody needs a token to send them."""
    documents = Documents(SUBGRAPH._graphql, Limits())

    for number in range(60):
        strings = '"a"' * 3_000
        assert not documents.prepare(f'{{ books{number}: __type(name: "{number}") {{ name }} }} # {strings}').errors

    assert 0 < documents._kept.currsize <= MOST_CACHED
    assert len(documents._kept) < 60
