"""Fewer requests: groups that may go together become one fetch, and fetches are ordered."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graphql import VariableDefinitionNode, print_ast

from gateway.planner.fetches import Group, Selected
from gateway.planner.graph import QueryGraph
from gateway.planner.merging import merged
from gateway.planner.plan import Fetch, Part, Stage
from gateway.planner.text import SelectionPrinter

Bundle = list[Group]


class Optimiser:
    def __init__(
        self,
        graph: QueryGraph,
        operation: str,
        name: str,
        variables: Mapping[str, VariableDefinitionNode],
    ) -> None:
        self._graph = graph
        self._operation = operation
        self._name = name
        self._variables = variables

    def stage(self, groups: Iterable[Group], first_index: int) -> Stage:
        bundles = self._bundles(list(groups))
        number = {id(group): first_index + i for i, bundle in enumerate(bundles) for group in bundle}
        fetches = []
        for bundle in bundles:
            needs = tuple(sorted({number[id(need)] for group in bundle for need in group.needs}))
            fetches.append(self._fetch(number[id(bundle[0])], bundle, needs))
        return Stage(tuple(self._with_followers(f, fetches) for f in fetches))

    @staticmethod
    def _with_followers(fetch: Fetch, fetches: list[Fetch]) -> Fetch:
        return replace(fetch, followers=tuple(f.index for f in fetches if fetch.index in f.needs))

    def _bundles(self, groups: list[Group]) -> list[Bundle]:
        """Groups for one subgraph that wait for the same bundles are one request; needed bundles come first."""
        depths: dict[int, int] = {}
        for group in groups:
            self._depth(group, depths)
        bundle_of: dict[int, int] = {}
        bundles: dict[object, Bundle] = {}
        for group in sorted(groups, key=lambda g: depths[id(g)]):
            needs = frozenset(bundle_of[id(n)] for n in group.needs)
            alone = group.path if group.representation is None else None
            bundle = bundles.setdefault((group.subgraph, needs, alone), [])
            bundle.append(group)
            bundle_of[id(group)] = id(bundle)
        return list(bundles.values())

    def _depth(self, group: Group, depths: dict[int, int]) -> int:
        known = depths.get(id(group))
        if known is None:
            known = depths[id(group)] = 1 + max((self._depth(n, depths) for n in group.needs), default=0)
        return known

    def _fetch(self, index: int, bundle: Bundle, needs: tuple[int, ...]) -> Fetch:
        first = bundle[0]
        printer = SelectionPrinter(self._graph, first.subgraph)
        name = f"{self._name}__{first.subgraph}_{index}".replace("-", "_")
        if first.representation is None:
            parts: tuple[Part, ...] = ()
            declared: list[str] = []
            body = printer.selection(first.selected)
            operation = "query" if first.path else self._operation
        else:
            parts, texts = self._parts(merged(bundle), printer)
            body, operation = "{" + " ".join(texts) + "}", "query"
            declared = [f"${part.variable}: [_Any!]!" for part in parts]
        declared += [_declaration(self._variables[v]) for v in sorted(printer.variables)]
        head = f"{operation} {name}" + (f"({', '.join(declared)})" if declared else "")
        return Fetch(
            index,
            first.subgraph,
            operation,
            f"{head} {body}",
            name,
            frozenset(printer.variables),
            first.path,
            parts,
            _owed(first.selected),
            needs,
        )

    @staticmethod
    def _parts(groups: list[Group], printer: SelectionPrinter) -> tuple[tuple[Part, ...], list[str]]:
        parts, texts = [], []
        for i, group in enumerate(groups):
            alias, variable = ("_entities", "representations") if i == 0 else (f"_entities_{i}", f"representations_{i}")
            selection = printer.selection(group.selected)
            if group.selected.static != "_Entity":
                selection = f"{{... on {group.selected.static} {selection}}}"
            label = "" if i == 0 else f"{alias}: "
            texts.append(f"{label}_entities(representations: ${variable}) {selection}")
            parts.append(
                Part(
                    alias,
                    variable,
                    group.path,
                    group.types,
                    group.type_name,
                    group.read_typename,
                    group.representation or (),
                    group.keys,
                    _owed(group.selected),
                )
            )
        return tuple(parts), texts


def _declaration(node: VariableDefinitionNode) -> str:
    default = f" = {print_ast(node.default_value)}" if node.default_value else ""
    return f"${node.variable.name.value}: {print_ast(node.type)}{default}"


def _owed(selected: Selected) -> tuple[str, ...]:
    """The stored keys that a failing fetch leaves empty."""
    return tuple({key: None for fields in selected.by_type.values() for key in fields if key != "__typename"})
