"""Nested lists load once for a level, whatever the number of parents."""

import pytest

from tests.servicekit.graphql.asking import context_of, data_of
from tests.servicekit.graphql.library import Store

SHELVES = "query ($n: Int!) { shelves(first: $n) { nodes { code books(first: 2) { nodes { id } } } } }"


@pytest.mark.parametrize("parents", [1, 20])
async def test_the_children_of_any_number_of_parents_are_one_load(parents):
    store = Store()

    data = await data_of(SHELVES, context=context_of(store=store), n=parents)

    assert [len(shelf["books"]["nodes"]) for shelf in data["shelves"]["nodes"]] == [2] * parents
    assert store.loads["books"] == 1


async def test_other_arguments_are_another_load():
    store = Store()
    document = "{ shelves { nodes { a: books(first: 1) { nodes { id } } b: books(first: 2) { nodes { id } } } } }"

    data = await data_of(document, context=context_of(store=store))

    assert len(data["shelves"]["nodes"][7]["a"]["nodes"]) == 1
    assert len(data["shelves"]["nodes"][7]["b"]["nodes"]) == 2
    assert store.loads["books"] == 2


async def test_a_loader_that_forgets_a_key_is_a_fault_and_finding_is_not():
    async def forgetful(_context, _keys):
        return {}

    loaders = context_of().loaders

    assert await loaders.find(forgetful, "x") is None
    with pytest.raises(KeyError, match="forgetful"):
        await loaders.load(forgetful, "x")
