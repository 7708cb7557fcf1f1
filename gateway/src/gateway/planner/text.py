"""Prints what a group selects as GraphQL for its subgraph."""

from gateway.planner.fetches import Selected, StoredField
from gateway.planner.graph import QueryGraph

Fields = dict[str, tuple[StoredField, Selected | None]]


class SelectionPrinter:
    """Prints for one subgraph; collects the variables that are used on the way."""

    def __init__(self, graph: QueryGraph, subgraph: str) -> None:
        self._graph = graph
        self._subgraph = subgraph
        self.variables: set[str] = set()

    def selection(self, selected: Selected) -> str:
        """`{...}` with all fields of the selection."""
        return "{" + (" ".join(self._parts(selected)) or self._nothing(selected)) + "}"

    def _nothing(self, selected: Selected) -> str:
        """An interface object's name isn't the name of its type: it must not be stored as such."""
        known = self._graph.type_in(self._subgraph, selected.static)
        return "_: __typename" if known and known.interface_object else "__typename"

    def _parts(self, selected: Selected) -> list[str]:
        known = self._graph.type_in(self._subgraph, selected.static)
        if selected.static == "_Entity":
            return [self._on(t, fields) for t, fields in selected.by_type.items()]
        if known is not None and known.interface_object:
            merged: Fields = {}
            for fields in selected.by_type.values():
                merged.update(fields)
            merged.pop("__typename", None)
            return self._fields(merged)
        if known is None or not known.abstract:
            return self._fields(selected.by_type.get(selected.static, {}))
        return ["__typename", *self._on_abstract(selected, known.possible)]

    def _on_abstract(self, selected: Selected, possible: frozenset[str]) -> list[str]:
        """What every possible type has alike is asked once, the rest for each type."""
        printed = {t: self._by_key(fields) for t, fields in selected.by_type.items() if t in possible}
        shared = self._shared(selected, printed, possible)
        parts = list(shared.values())
        for type_name, texts in printed.items():
            rest = [text for key, text in texts.items() if key not in shared and key != "__typename"]
            if rest:
                parts.append(f"... on {type_name} {{{' '.join(rest)}}}")
        return parts

    def _by_key(self, fields: Fields) -> dict[str, str]:
        return {key: self._field(stored, child) for key, (stored, child) in fields.items()}

    def _shared(
        self, selected: Selected, printed: dict[str, dict[str, str]], possible: frozenset[str]
    ) -> dict[str, str]:
        if printed.keys() != possible:
            return {}
        first, *others = printed.values()
        return {
            key: text
            for key, text in first.items()
            if key != "__typename"
            and all(other.get(key) == text for other in others)
            and self._alike(selected, key, possible)
        }

    def _alike(self, selected: Selected, key: str, possible: frozenset[str]) -> bool:
        fields = [selected.by_type[t][key][0].name for t in possible]
        declared = self._graph.field_in(self._subgraph, selected.static, fields[0])
        if declared is None:
            return False
        own = [self._graph.field_in(self._subgraph, t, f) for t, f in zip(possible, fields, strict=True)]
        return all(f is not None and f.named_type == declared.named_type for f in own)

    def _on(self, type_name: str, fields: Fields) -> str:
        return f"... on {type_name} {{{' '.join(self._fields(fields)) or '__typename'}}}"

    def _fields(self, fields: Fields) -> list[str]:
        return [self._field(stored, child) for stored, child in fields.values()]

    def _field(self, stored: StoredField, child: Selected | None) -> str:
        self.variables |= stored.variables
        alias = "" if stored.key == stored.name else f"{stored.key}: "
        return f"{alias}{stored.name}{stored.arguments}{self.selection(child) if child else ''}"
