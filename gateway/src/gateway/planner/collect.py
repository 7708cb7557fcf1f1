"""CollectFields of the GraphQL specification, over selections whose conditions are decided by now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    print_ast,
)
from graphql.language import BooleanValueNode, Visitor, visit

from gateway.planner.graph import QueryGraph


@dataclass(slots=True)
class Collected:
    """One response key of a selection; `arguments` is printed GraphQL, e.g. `(first: $n)`."""

    response_key: str
    name: str
    arguments: str
    variables: frozenset[str]
    selections: list[SelectionSetNode] = field(default_factory=list)
    nodes: list[FieldNode] = field(default_factory=list)


class Collector:
    def __init__(
        self,
        graph: QueryGraph,
        fragments: Mapping[str, FragmentDefinitionNode],
        conditions: Mapping[str, bool],
    ) -> None:
        self._graph = graph
        self._fragments = fragments
        self._conditions = conditions
        self._known: dict[tuple[str, tuple[int, ...]], dict[str, Collected]] = {}

    def collect(self, sets: Iterable[SelectionSetNode], type_name: str) -> dict[str, Collected]:
        """Each is collected once, and must not be changed."""
        sets = tuple(sets)
        key = type_name, tuple(map(id, sets))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = {}
            seen: set[str] = set()
            for selection_set in sets:
                self._collect(selection_set, type_name, found, seen)
        return found

    def _collect(
        self, selection_set: SelectionSetNode, type_name: str, found: dict[str, Collected], seen: set[str]
    ) -> None:
        for node in selection_set.selections:
            if not self._included(node.directives):
                continue
            if isinstance(node, FieldNode):
                self._add(node, found)
                continue
            condition, inner = self._fragment(node, seen)
            if inner is not None and (condition is None or self._graph.implements(type_name, condition)):
                self._collect(inner, type_name, found, seen)

    def _fragment(self, node: object, seen: set[str]) -> tuple[str | None, SelectionSetNode | None]:
        if isinstance(node, InlineFragmentNode):
            return node.type_condition.name.value if node.type_condition else None, node.selection_set
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name in seen:
            return None, None
        seen.add(name)
        fragment = self._fragments[name]
        return fragment.type_condition.name.value, fragment.selection_set

    @staticmethod
    def _add(node: FieldNode, found: dict[str, Collected]) -> None:
        key = node.alias.value if node.alias else node.name.value
        known = found.get(key)
        if known is None:
            known = found[key] = Collected(key, node.name.value, *printed_arguments(node.arguments))
        known.nodes.append(node)
        if node.selection_set:
            known.selections.append(node.selection_set)

    def _included(self, directives: tuple[DirectiveNode, ...] | None) -> bool:
        for directive in directives or ():
            name = directive.name.value
            if name in ("skip", "include") and self._condition(directive) == (name == "skip"):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        value = (directive.arguments or ())[0].value
        if isinstance(value, VariableNode):
            return self._conditions[value.name.value]
        assert isinstance(value, BooleanValueNode)
        return value.value


def printed_arguments(arguments: tuple[ArgumentNode, ...] | None) -> tuple[str, frozenset[str]]:
    if not arguments:
        return "", frozenset()
    ordered = sorted(arguments, key=lambda argument: argument.name.value)
    finder = _Variables()
    for argument in ordered:
        visit(argument, finder)
    return f"({', '.join(print_ast(a) for a in ordered)})", frozenset(finder.names)


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.names.add(node.name.value)
