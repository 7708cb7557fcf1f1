"""Supergraphs of earlier tools (join spec v0.1 of federation 1, v0.2 of 2.0), written in the words of v0.3.

What those versions leave out is added: which subgraphs know a type, its interfaces and the members of a union, and that
the owner of an entity answers the fields that name nobody else.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    ConstArgumentNode,
    ConstDirectiveNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumValueNode,
    FieldNode,
    InterfaceTypeDefinitionNode,
    NameNode,
    Node,
    ObjectTypeDefinitionNode,
    StringValueNode,
    UnionTypeDefinitionNode,
)
from graphql.language import OperationDefinitionNode, parse

Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode


def in_present_words(document: DocumentNode) -> DocumentNode:
    """The document itself if it is of v0.3 or later."""
    names = {d.name.value for d in document.definitions if isinstance(d, DirectiveDefinitionNode)}
    if "join__implements" in names or "join__type" not in names:
        return document
    writer = _Writer(document)
    return DocumentNode(definitions=tuple(writer.definition(d) for d in document.definitions))


class _Writer:
    def __init__(self, document: DocumentNode) -> None:
        self._graphs = _all_graphs(document)
        self._known = {d.name.value: self._graphs_of(d) for d in document.definitions if isinstance(d, Composite)}

    def definition(self, node: Any) -> Any:
        if not isinstance(node, Composite):
            return node
        name, own = node.name.value, self._known[node.name.value]
        added = [] if _has(node, "join__type") else [_directive("join__type", graph) for graph in own]
        if isinstance(node, UnionTypeDefinitionNode):
            members = [t.name.value for t in node.types or ()]
            added += self._shared(name, members, "join__unionMember", "member")
            return _with(node, directives=(*(node.directives or ()), *added))
        interfaces = [t.name.value for t in node.interfaces or ()]
        added += self._shared(name, interfaces, "join__implements", "interface")
        fields = tuple(self._field(field, node) for field in node.fields or ())
        return _with(node, directives=(*(node.directives or ()), *added), fields=fields)

    def _graphs_of(self, node: Composite) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_values(node, "join__type", "graph"))) or self._graphs

    def _shared(self, name: str, others: Iterable[str], directive: str, argument: str) -> list[ConstDirectiveNode]:
        return [
            _directive(directive, graph, **{argument: other})
            for other in others
            for graph in self._known[name]
            if graph in self._known[other]
        ]

    def _field(self, field: Any, parent: Composite) -> Any:
        """Its owner answers it, or whom it names, and besides whoever has it in a key."""
        answering = set(_values(field, "join__field", "graph"))
        missing = [] if answering else list(_values(parent, "join__owner", "graph"))
        if answering or missing:
            missing += [g for g, key in _keys(parent) if field.name.value in key and g not in (*answering, *missing)]
        return _with(field, directives=(*(field.directives or ()), *(_directive("join__field", g) for g in missing)))


def _all_graphs(document: DocumentNode) -> tuple[str, ...]:
    for definition in document.definitions:
        if isinstance(definition, EnumTypeDefinitionNode) and definition.name.value == "join__Graph":
            return tuple(value.name.value for value in definition.values or ())
    return ()


def _keys(node: Composite) -> Iterator[tuple[str, set[str]]]:
    for directive in _named(node, "join__type"):
        given = _arguments(directive)
        if "key" in given:
            operation = parse("{" + given["key"] + "}", no_location=True).definitions[0]
            assert isinstance(operation, OperationDefinitionNode)
            fields = operation.selection_set.selections
            yield given["graph"], {one.name.value for one in fields if isinstance(one, FieldNode)}


def _has(node: Any, directive: str) -> bool:
    return any(True for _ in _named(node, directive))


def _named(node: Any, directive: str) -> Iterator[Any]:
    return (one for one in node.directives or () if one.name.value == directive)


def _values(node: Any, directive: str, argument: str) -> Iterator[str]:
    return (found for one in _named(node, directive) if (found := _arguments(one).get(argument)))


def _arguments(directive: Any) -> Mapping[str, str]:
    return {one.name.value: getattr(one.value, "value", "") for one in directive.arguments or ()}


def _directive(name: str, graph: str, **texts: str) -> ConstDirectiveNode:
    values: dict[str, Any] = {"graph": EnumValueNode(value=graph)}
    values |= {argument: StringValueNode(value=text) for argument, text in texts.items()}
    arguments = tuple(ConstArgumentNode(name=NameNode(value=key), value=value) for key, value in values.items())
    return ConstDirectiveNode(name=NameNode(value=name), arguments=arguments)


def _with(node: Node, **changes: Any) -> Any:
    return type(node)(**{**{key: getattr(node, key) for key in node.keys if key != "loc"}, **changes})
