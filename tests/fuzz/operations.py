"""Generated operations over the whole graph: valid by the schema, with arguments that are known, near or absurd."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from gateway.api_schema import api_schema
from gateway.supergraph import read_supergraph
from graphql import DocumentNode, GraphQLSchema, Node, StringValueNode, Visitor, VisitorAction, print_ast, visit
from hypothesis import strategies as st
from hypothesis_graphql import mutations, nodes, queries

SUPERGRAPH = Path("gateway/supergraph.graphql")
SCALARS: Mapping[str, Sequence[str]] = {
    "Date": ("2017-03-05", "2017-02-30", "0001-01-01", "9999-12-31", "2017-1-1", "", "昨天"),
    "DateTime": ("2017-03-05T08:00:00Z", "2017-03-05", "9999-12-31T23:59:59.999999+14:00", "now"),
    "Decimal": ("1", "0.5", "-1", "1e400", "NaN", "Infinity", "0.0000000000000000001", "24.05", "九"),
}
KNOWN_SHARE = 0.6


def schema() -> GraphQLSchema:
    """As clients see it."""
    return api_schema(read_supergraph(SUPERGRAPH.read_text()))


def operations(graph: GraphQLSchema, known: Sequence[str]) -> st.SearchStrategy[Any]:
    """Texts of operations: a query of one to three root fields or a mutation; many a text in it is one of `known`."""
    assert graph.query_type is not None
    assert graph.mutation_type is not None
    options: dict[str, Any] = {
        "custom_scalars": {name: st.sampled_from(texts).map(nodes.String) for name, texts in SCALARS.items()},
        "print_ast": _Known(known).print,
    }
    asked = st.lists(st.sampled_from(list(graph.query_type.fields)), min_size=1, max_size=3, unique=True)
    told = st.sampled_from(list(graph.mutation_type.fields))
    return st.one_of(
        asked.flatmap(lambda fields: queries(graph, fields=fields, **options)),
        told.flatmap(lambda field: mutations(graph, fields=[field], **options)),
    )


@dataclass(frozen=True)
class _Known:
    """Puts texts that mean something to the services in the place of random ones."""

    texts: Sequence[str]

    def print(self, document: DocumentNode) -> str:
        text = print_ast(document)
        return print_ast(visit(document, _Replace(self.texts, Random(text)))) if self.texts else text


class _Replace(Visitor):
    def __init__(self, texts: Sequence[str], chance: Random) -> None:
        super().__init__()
        self._texts = texts
        self._chance = chance

    def enter_string_value(self, node: Node, *_: object) -> VisitorAction:
        if self._chance.random() > KNOWN_SHARE:
            return None
        return StringValueNode(value=self._chance.choice(self._texts))
