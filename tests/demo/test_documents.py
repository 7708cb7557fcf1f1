"""Everything that the player sends fits the public schema."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from gateway.api_schema import api_schema
from gateway.supergraph import read_supergraph
from graphql import GraphQLSchema, parse, validate
from huijia_demo import bulletin, play
from huijia_demo.play.mutations import Mutation

MODULES = (bulletin, *(import_module(f"{play.__name__}.{module.name}") for module in iter_modules(play.__path__)))


def _documents() -> Iterator[tuple[str, str]]:
    yield "nested.graphql", Path("deploy/demo/queries/nested.graphql").read_text()
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, str) and value.lstrip().startswith(("query", "mutation")):
                yield f"{module.__name__}.{name}", value
    for mutation in (value for module in MODULES for value in _mutations(vars(module).values())):
        yield mutation.name, mutation.document
        if mutation.bulk:
            yield mutation.bulk, mutation.bulk_document


def _mutations(values: object) -> Iterator[Mutation]:
    for value in values if isinstance(values, (list, tuple)) else list(values):  # type: ignore[call-overload]
        if isinstance(value, Mutation):
            yield value
        elif isinstance(value, dict):
            yield from _mutations(list(value.values()))


DOCUMENTS = dict(_documents())


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return api_schema(read_supergraph(Path("gateway/supergraph.graphql").read_text()))


def test_the_documents_are_found() -> None:
    assert {"claimOffers", "submitRegistration", "huijia_demo.bulletin.BULLETIN"} <= set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_valid_in_the_public_schema(schema: GraphQLSchema, name: str) -> None:
    assert [error.message for error in validate(schema, parse(DOCUMENTS[name]))] == []
