"""Inputs may say tighter or wider limits than the defaults."""

from datetime import date, datetime
from typing import Annotated

import pytest
import strawberry
from servicekit.graphql import Context, Subgraph, build_schema, rows, rows_argument, text
from servicekit.security import PUBLIC


@strawberry.input
class Line:
    code: str = text(max=6, min=6, pattern=r"\d{6}")
    inner: "list[Line] | None" = rows(max=2, default=None)
    until: date | None = None
    seen_at: datetime | None = None


Lines = Annotated[list[Line], rows_argument(max=600)]


@strawberry.type
class Query:
    @strawberry.field
    def count(
        self, line: Line | None = None, lines: Annotated[list[Line] | None, rows_argument(max=600)] = None
    ) -> int:
        return len(lines or []) + (line is not None)


@pytest.fixture(scope="module")
def subgraph() -> Subgraph:
    return build_schema(query=Query, policy={"Query.count": PUBLIC})


async def count(subgraph: Subgraph, **variables: object) -> tuple[object, object]:
    """The count, or the code and the path of its error."""
    document = "query ($line: Line, $lines: [Line!]) { count(line: $line, lines: $lines) }"
    answer = await subgraph.execute(
        document, context=Context(policy=subgraph.policy, language="en"), variables=dict(variables)
    )
    if "errors" not in answer:
        return answer["data"]["count"], None
    extensions = answer["errors"][0]["extensions"]
    return extensions["code"], extensions["path"]


async def test_a_text_that_fits_its_pattern_is_taken(subgraph: Subgraph):
    assert await count(subgraph, line={"code": "350802"}) == (1, None)


@pytest.mark.parametrize("code", ["35080", "3508021", "35080x", "350802\n", ""])
async def test_a_text_must_match_its_pattern_from_end_to_end(subgraph: Subgraph, code: str):
    assert await count(subgraph, line={"code": code}) == ("INVALID_INPUT", "line.code")


async def test_an_input_within_itself_is_checked_at_every_depth(subgraph: Subgraph):
    deep = {"code": "350802", "inner": [{"code": "350802", "inner": [{"code": "350802"}, {"code": "x"}]}]}

    assert await count(subgraph, line=deep) == ("INVALID_INPUT", "line.inner.0.inner.1.code")


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ("until", "9999-12-31", False),
        ("until", "0001-01-01", False),
        ("until", "9998-12-31", True),
        ("seenAt", "0001-01-01T00:00:00+14:00", False),
        ("seenAt", "9999-12-31T23:59:59-14:00", False),
        ("seenAt", "2017-03-05T08:00:00+08:00", True),
    ],
)
async def test_a_day_has_one_before_and_after_it(subgraph: Subgraph, field: str, value: str, taken: bool):
    """Whoever writes 9999-12-31 for "no end" is told, rather than whoever counts on from there."""
    refused = ("INVALID_INPUT", f"line.{field}")

    assert await count(subgraph, line={"code": "350802", field: value}) == ((1, None) if taken else refused)


async def test_a_list_may_have_a_limit_of_its_own(subgraph: Subgraph):
    line = {"code": "350802"}

    assert await count(subgraph, lines=[line] * 600) == (600, None)
    assert await count(subgraph, lines=[line] * 601) == ("TOO_MANY_ROWS", "lines")
    assert await count(subgraph, line={**line, "inner": [line] * 3}) == ("TOO_MANY_ROWS", "line.inner")


async def test_what_is_left_out_is_not_checked(subgraph: Subgraph):
    assert await count(subgraph) == (0, None)
    assert await count(subgraph, line=None, lines=None) == (0, None)
