"""The schema that clients see: the supergraph without join internals and without what is inaccessible."""

from collections.abc import Iterable
from typing import Any

from graphql import DocumentNode, GraphQLSchema, Node, TypeDefinitionNode, build_ast_schema
from graphql.language import (
    REMOVE,
    DirectiveDefinitionNode,
    DirectiveNode,
    SchemaDefinitionNode,
    Visitor,
    VisitorAction,
    visit,
)

from gateway.supergraph import Supergraph

SHOWN_DIRECTIVES = frozenset(("deprecated", "specifiedBy", "oneOf"))
EXECUTABLE = frozenset(("QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_DEFINITION", "FRAGMENT_SPREAD"))
INTERNAL = ("join__", "link__", "core__", "context__", "federation__")


def api_schema(supergraph: Supergraph) -> GraphQLSchema:
    document = supergraph.document
    hidden = {
        d.name.value
        for d in document.definitions
        if isinstance(d, TypeDefinitionNode) and (_inaccessible(d) or d.name.value.startswith(INTERNAL))
    }
    kept = [d for d in document.definitions if _shown(d, hidden)]
    stripped = visit(DocumentNode(definitions=tuple(kept)), _Strip(hidden))
    return build_ast_schema(stripped, assume_valid_sdl=True)


def _shown(definition: Node, hidden: Iterable[str]) -> bool:
    if isinstance(definition, DirectiveDefinitionNode):
        name = definition.name.value
        executable = any(location.value in EXECUTABLE for location in definition.locations)
        return executable and not name.startswith(INTERNAL)
    if isinstance(definition, TypeDefinitionNode):
        return definition.name.value not in hidden
    return isinstance(definition, SchemaDefinitionNode)


def _inaccessible(node: Any) -> bool:
    return any(d.name.value == "inaccessible" for d in getattr(node, "directives", None) or ())


class _Strip(Visitor):
    """Removes inaccessible elements, mentions of hidden types, and directives that are not for clients."""

    def __init__(self, hidden: Iterable[str]) -> None:
        super().__init__()
        self._hidden = frozenset(hidden)

    def enter(self, node: Node, _key: object, parent: object, *_: object) -> VisitorAction:
        if isinstance(node, DirectiveNode):
            return None if node.name.value in SHOWN_DIRECTIVES else REMOVE
        return REMOVE if _inaccessible(node) else None

    def leave_union_type_definition(self, node: Node, *_: object) -> Node:
        return self._without(node, "types")

    def leave_object_type_definition(self, node: Node, *_: object) -> Node:
        return self._without(node, "interfaces")

    leave_interface_type_definition = leave_object_type_definition

    def _without(self, node: Node, attribute: str) -> Node:
        kept = tuple(t for t in getattr(node, attribute) or () if t.name.value not in self._hidden)
        values = {key: getattr(node, key) for key in node.keys if key != "loc"}
        return type(node)(**{**values, attribute: kept})
