"""The query graph: which subgraph answers which field of which type, and by which keys one enters it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLOutputType, get_named_type
from graphql.type import is_abstract_type

from gateway.supergraph import FieldSet, Key, SubgraphField, SubgraphType, Supergraph


@dataclass(frozen=True, slots=True)
class Entry:
    """A way to enter a subgraph: representations of `type_name` with the fields of `key`."""

    subgraph: str
    type_name: str
    key: Key


class QueryGraph:
    def __init__(self, supergraph: Supergraph) -> None:
        self.supergraph = supergraph
        self.schema = supergraph.schema
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self._fields = {
            (subgraph.name, type_name, name): declared
            for subgraph in supergraph.subgraphs.values()
            for type_name, known in subgraph.types.items()
            for name, declared in known.fields.items()
        }
        self.requiring = cache(self._requiring)
        self.signature = cache(self._signature)
        self.storage_signature = cache(self._storage_signature)

    @property
    def subgraphs(self) -> Iterator[str]:
        return iter(self.supergraph.subgraphs)

    def type_in(self, subgraph: str, type_name: str) -> SubgraphType | None:
        return self.supergraph.subgraphs[subgraph].types.get(type_name)

    def field_in(self, subgraph: str, type_name: str, field: str) -> SubgraphField | None:
        return self._fields.get((subgraph, type_name, field))

    def _requiring(self, type_name: str, field: str) -> tuple[tuple[str, SubgraphField, FieldSet], ...]:
        """The subgraphs that answer this field after they were given what it requires."""
        found = ((s, self.field_in(s, type_name, field)) for s in self.subgraphs)
        return tuple((s, f, f.requires) for s, f in found if f and f.requires and not f.external)

    def possible(self, type_name: str) -> tuple[str, ...]:
        """The object types that a value of this declared type may have; an interface without any stands for itself."""
        return self.supergraph.possible_types.get(type_name) or (type_name,)

    def is_abstract(self, type_name: str) -> bool:
        return is_abstract_type(self.schema.type_map[type_name])

    def implements(self, type_name: str, condition: str) -> bool:
        return type_name == condition or type_name in self.possible(condition)

    def output_type(self, type_name: str, field: str) -> GraphQLOutputType:
        parent = self.schema.type_map[type_name]
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        declared: GraphQLOutputType = parent.fields[field].type
        return declared

    def named_output(self, type_name: str, field: str) -> str:
        return get_named_type(self.output_type(type_name, field)).name

    def entries(self, type_name: str) -> tuple[Entry, ...]:
        found = self._entries.get(type_name)
        if found is None:
            found = self._entries[type_name] = tuple(self._find_entries(type_name))
        return found

    def _find_entries(self, type_name: str) -> Iterator[Entry]:
        for subgraph in self.subgraphs:
            known = self.type_in(subgraph, type_name)
            for key in known.keys if known else ():
                if known and key.resolvable:
                    yield Entry(subgraph, known.fetch_as, key)

    def _signature(self, type_name: str, fields: tuple[str, ...]) -> tuple[object, ...]:
        """Equal for types that every subgraph answers alike, as far as these fields go."""
        return tuple(self._signature_in(s, type_name, fields) for s in self.subgraphs)

    def _signature_in(self, subgraph: str, type_name: str, fields: tuple[str, ...]) -> tuple[object, ...] | None:
        known = self.type_in(subgraph, type_name)
        if known is None:
            return None
        as_interface = known.fetch_as if known.interface_object else None
        keys = tuple((key.fields.text, key.resolvable) for key in known.keys)
        return as_interface, keys, tuple(self._field_signature(known.fields.get(f)) for f in fields)

    @staticmethod
    def _field_signature(field: SubgraphField | None) -> tuple[object, ...] | None:
        if field is None:
            return None
        requires = field.requires.text if field.requires else None
        provides = field.provides.text if field.provides else None
        return field.type, field.external, requires, provides

    def _storage_signature(self, type_name: str, field: str) -> tuple[str | None, ...]:
        """The field's type in each subgraph: types that differ can't share a response key in one request."""
        return tuple(f.type if (f := self.field_in(s, type_name, field)) else None for s in self.subgraphs)
