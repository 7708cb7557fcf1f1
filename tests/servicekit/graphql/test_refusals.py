"""Refusals reach the client typed, in its language, with the path and the next step."""

from structlog.testing import capture_logs

from tests.servicekit.graphql.asking import HOST, context_of, data_of, error_of

LEND_ALL = """mutation ($inputs: [LendInput!]!) {
  lendAll(inputs: $inputs) {
    __typename
    ... on LendAllPayload {
      outcomes {
        __typename
        ... on Book { id }
        ... on AlreadyLent { lentOn }
        ... on Refusal { message nextStep path }
      }
    }
    ... on TooManyRows { limit actual path }
    ... on InvalidInput { path message }
  }
}"""
ABSENT = '{ find(text: "absent") }'


async def test_bulk_outcomes_keep_the_order_of_the_inputs_and_say_which_row_was_refused():
    data = await data_of(LEND_ALL, inputs=[{"bookId": "x"}, {"bookId": "missing"}, {"bookId": "lent"}])

    book, missing, lent = data["lendAll"]["outcomes"]
    assert book == {"__typename": "Book", "id": "x"}
    assert (missing["__typename"], missing["path"]) == ("NotFound", "inputs.1.bookId")
    assert (lent["__typename"], lent["path"], lent["lentOn"]) == ("AlreadyLent", "inputs.2", "2017-03-05")
    assert lent["nextStep"] == "请预约。"


async def test_a_refusal_speaks_the_language_asked_for():
    chinese = await data_of(LEND_ALL, inputs=[{"bookId": "lent"}])
    english = await data_of(LEND_ALL, context=context_of(language="en"), inputs=[{"bookId": "lent"}])

    assert chinese["lendAll"]["outcomes"][0]["message"] == "已于 2017-03-05 借出。"
    assert english["lendAll"]["outcomes"][0]["message"] == "Lent on 2017-03-05."


async def test_501_rows_are_refused_whole_and_typed():
    data = await data_of(LEND_ALL, inputs=[{"bookId": str(n)} for n in range(501)])

    assert data["lendAll"] == {"__typename": "TooManyRows", "limit": 500, "actual": 501, "path": "inputs"}


async def test_a_raised_refusal_of_the_union_becomes_its_member():
    document = 'mutation { lend(input: {bookId: "missing"}) { __typename ... on Refusal { path } } }'
    everywhere = context_of(HOST)
    everywhere.permits = lambda _key, _target: True  # type: ignore[method-assign]
    everywhere.scope_checked.add("Mutation.lend")

    data = await data_of(document, context=everywhere)

    assert data["lend"] == {"__typename": "NotFound", "path": "input.bookId"}


async def test_a_refusal_that_the_union_lacks_is_a_fault_of_the_service():
    with capture_logs() as logs:
        error = await error_of('mutation { giveBack(id: "1") { __typename } }')

    assert error["extensions"] == {"code": "INTERNAL", "correlationId": "correlation-1"}
    assert str(logs[0]["exc_info"]) == "Mutation.giveBack refused with NotFound, which its result union lacks"


async def test_a_query_answers_a_refusal_as_an_error_with_code_and_next_step():
    chinese = await error_of(ABSENT)
    english = await error_of(ABSENT, context=context_of(language="en"))

    assert chinese["message"] == "找不到该书:7"
    assert english["message"] == "No book has this id: 7"
    assert english["extensions"] == {"code": "NOT_FOUND", "nextStep": "Check the id.", "path": "text"}
    assert english["path"] == ["find"]
