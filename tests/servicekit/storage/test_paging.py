"""Lists by pages: a walk along the cursors visits everything once; many parents cost one query and get the same."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from servicekit.domain import InvalidInput
from servicekit.storage.paging import MOST, Page, page, page_per_parent

Document = dict[str, Any]
PARENTS = ["p0", "p1", "p2"]
QUICKLY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest_asyncio.fixture
async def things(database: AsyncDatabase[Document]) -> AsyncIterator[AsyncCollection[Document]]:
    yield database["things"]


async def _fill(things: AsyncCollection[Document], placed: list[tuple[int, bool]]) -> None:
    await things.delete_many({})
    if placed:
        await things.insert_many(
            [
                {"_id": f"t{number:03}", "code": 1000 - number, "parent": PARENTS[parent], "open": is_open}
                for number, (parent, is_open) in enumerate(placed)
            ]
        )


async def _walk(things: AsyncCollection[Document], match: Document, first: int, sort: str) -> list[Document]:
    visited: list[Document] = []
    after = None
    while True:
        one = await page(things, match, first=first, after=after, sort=sort)
        visited += one.items
        assert len(one.items) <= first
        if not one.has_next:
            return visited
        after = one.end_cursor


PLACED = st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=25)


@QUICKLY
@given(placed=PLACED, first=st.integers(1, 7), sort=st.sampled_from(["_id", "code"]))
async def test_a_walk_along_the_cursors_visits_each_once_in_order(
    things: AsyncCollection[Document], placed: list[tuple[int, bool]], first: int, sort: str
) -> None:
    await _fill(things, placed)

    visited = await _walk(things, {"open": True}, first, sort)

    keys = [thing[sort] for thing in visited]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys) == sum(is_open for _, is_open in placed)


@QUICKLY
@given(placed=PLACED, first=st.integers(1, 7), skipped=st.integers(0, 5))
async def test_the_page_of_each_parent_equals_the_page_of_that_parent_alone(
    things: AsyncCollection[Document], placed: list[tuple[int, bool]], first: int, skipped: int
) -> None:
    await _fill(things, placed)
    before = await page(things, {}, first=max(skipped, 1))
    after = before.end_cursor if skipped else None

    together = await page_per_parent(things, "parent", PARENTS, first=first, after=after, match={"open": True})

    alone = {
        parent: await page(things, {"parent": parent, "open": True}, first=first, after=after) for parent in PARENTS
    }
    assert together == alone


async def test_many_parents_cost_one_query(
    things: AsyncCollection[Document], database: AsyncDatabase[Document]
) -> None:
    await things.create_index([("parent", 1), ("_id", 1)])
    await _fill(things, [(number % 3, True) for number in range(90)])
    await database.command("profile", 2)

    await page_per_parent(things, "parent", PARENTS, first=5)

    await database.command("profile", 0)
    profiled = await database["system.profile"].find({"op": {"$in": ["command", "query", "getmore"]}}).to_list()
    asked = [one for one in profiled if "profile" not in one["command"]]
    assert len(asked) == 1


async def test_a_page_reads_one_document_more_than_it_shows(
    things: AsyncCollection[Document], database: AsyncDatabase[Document]
) -> None:
    await _fill(things, [(0, True)] * 300)
    await database.command("profile", 2)

    await page(things, {}, first=20)

    await database.command("profile", 0)
    [asked] = await database["system.profile"].find({"op": "query", "ns": f"{database.name}.things"}).to_list()
    assert (asked["nreturned"], asked["docsExamined"]) == (21, 21)


async def test_a_parent_without_any_has_an_empty_page(things: AsyncCollection[Document]) -> None:
    assert await page_per_parent(things, "parent", ["nobody"], first=5) == {"nobody": Page()}
    assert await page_per_parent(things, "parent", [], first=5) == {}


@pytest.mark.parametrize("first", [0, -1, MOST + 1])
async def test_a_page_of_another_size_is_refused_with_the_limit(things: AsyncCollection[Document], first: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        await page(things, {}, first=first)

    assert refused.value.path == "first"
    assert str(MOST) in refused.value.message("en")


FORGED = st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.none(), st.lists(st.integers(), max_size=2))


@QUICKLY
@given(cursor=st.one_of(st.text(max_size=20), FORGED.map(lambda one: b64encode(json.dumps(one).encode()).decode())))
@example(cursor=b64encode(str(2**63).encode()).decode())
async def test_a_cursor_of_anything_else_is_refused_or_finds_its_place(
    things: AsyncCollection[Document], cursor: str
) -> None:
    with suppress(InvalidInput):
        assert await page(things, {}, first=5, after=cursor) == Page()
