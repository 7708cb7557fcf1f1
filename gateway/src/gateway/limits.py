"""Limits on the shape of a document, and on the number of values that its lists may bring.

Fragments are counted once and their counts added where they are spread, so a document whose
fragments explode costs time in proportion to its length.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.language import Visitor, visit
from graphql.type import GraphQLField, GraphQLNamedType

from gateway.jsontypes import Json, JsonObject
from gateway.refusals import Refused, exceeded
from gateway.settings import Settings

UNSUPPORTED = ("defer", "stream")
PAGING = ("first", "last", "limit")
UNPAGED_LIST = 10
MAX_NESTING = 100


# Strings and comments are one token each, whatever is in them. A string without an end reaches to the end, so that
# nothing is looked at twice: the time is linear in the text.
TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"(?:[^"\\\n]|\\.)*+"?|\#[^\n]*+|[_A-Za-z][_0-9A-Za-z]*+|[-.0-9][-+.0-9eE]*+|[^\s,]''',
    re.DOTALL,
)


def check_tokens(text: str, limit: int) -> None:
    """Raises `Refused` for a text of too many tokens, at a hundredth of what the parser takes to find it out."""
    for count, _ in enumerate(TOKEN.finditer(text), 1):
        if count > limit:
            raise Refused("TOKEN_LIMIT", "The document has too many tokens. / 文档过长。", extensions={"limit": limit})


@dataclass(frozen=True, slots=True)
class Shape:
    depth: int = 0
    selections: int = 0
    aliases: int = 0
    root_fields: int = 0

    def beside(self, other: "Shape") -> "Shape":
        return Shape(
            max(self.depth, other.depth),
            self.selections + other.selections,
            self.aliases + other.aliases,
            self.root_fields + other.root_fields,
        )


def check_variables(variables: JsonObject, most: int) -> None:
    """Raises `Refused` for values too many or too deep, level by level: what is checked later takes far longer."""
    count, level = 0, _inner(variables)
    for depth in range(MAX_NESTING + 1):
        count += len(level)
        if count > most:
            raise exceeded("VARIABLE_LIMIT", "The variables have too many values", most, count)
        if not level:
            return
        if depth < MAX_NESTING:
            level = [value for one in level for value in _inner(one)]
    raise exceeded("DEPTH_LIMIT", "The variables are too deep", MAX_NESTING, MAX_NESTING + 1)


def _inner(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def check_introspection(document: DocumentNode) -> None:
    """Raises `Refused` if the schema is asked for, in whichever operation or fragment."""
    visit(document, _NoIntrospection())


class _NoIntrospection(Visitor):
    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value in ("__schema", "__type"):
            raise Refused("INTROSPECTION_DISABLED", "Introspection is switched off. / 未开放架构查询。")


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}


def check_shape(document: DocumentNode, settings: Settings) -> None:
    """Raises `Refused` for the first operation over a limit. The document needs not be valid."""
    measure = _Measure(fragments_of(document))
    count = len(measure.fragments)
    if count > settings.max_fragments:
        raise exceeded("FRAGMENT_LIMIT", "The document has too many fragments", settings.max_fragments, count)
    for fragment in measure.fragments:
        measure.fragment(fragment)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _check(measure.selection_set(definition.selection_set), settings)


def _check(shape: Shape, settings: Settings) -> None:
    checks = (
        ("DEPTH_LIMIT", "The operation is too deep", settings.max_depth, shape.depth),
        ("ALIAS_LIMIT", "The operation has too many aliases", settings.max_aliases, shape.aliases),
        ("ROOT_FIELD_LIMIT", "The operation has too many root fields", settings.max_root_fields, shape.root_fields),
        ("SELECTION_LIMIT", "The operation selects too many fields", settings.max_selections, shape.selections),
    )
    for code, what, limit, actual in checks:
        if actual > limit:
            raise exceeded(code, what, limit, actual)


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self._known: dict[str, Shape] = {}
        self._nesting = 0

    def fragment(self, name: str) -> Shape:
        known = self._known.get(name)
        if known is None:
            self._known[name] = Shape()  # a cycle counts nothing here; validation refuses it
            fragment = self.fragments.get(name)
            known = self.selection_set(fragment.selection_set) if fragment else Shape()
            self._known[name] = known
        return known

    def selection_set(self, node: SelectionSetNode) -> Shape:
        if self._nesting >= MAX_NESTING:
            raise exceeded("DEPTH_LIMIT", "Selections and fragments are too deep", MAX_NESTING, self._nesting + 1)
        self._nesting += 1
        shape = Shape()
        for selection in node.selections:
            _check_directives(selection)
            shape = shape.beside(self._selection(selection))
        self._nesting -= 1
        return shape

    def _selection(self, node: object) -> Shape:
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value)
        if isinstance(node, InlineFragmentNode):
            return self.selection_set(node.selection_set)
        assert isinstance(node, FieldNode)
        inner = self.selection_set(node.selection_set) if node.selection_set else Shape()
        return Shape(inner.depth + 1, inner.selections + 1, inner.aliases + (node.alias is not None), 1)


def _check_directives(node: SelectionNode) -> None:
    for directive in node.directives or ():
        if directive.name.value in UNSUPPORTED:
            name = directive.name.value
            raise Refused("DIRECTIVE_NOT_SUPPORTED", f"@{name} is not supported by this gateway.")


class ListCost:
    """Estimates how many values an operation can bring: a list's size is its `first` (or `last`, `limit`).

    A list without such an argument counts ten, unless it is inside of a paged field that counted already.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object]) -> None:
        self._schema = schema
        self._fragments = fragments_of(document)
        self._variables = variables
        self._known: dict[tuple[str, str, bool], int] = {}

    def of(self, operation: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(operation.operation)
        return self._cost(operation.selection_set, root, paged=False) if root else 0

    def _cost(self, node: SelectionSetNode, parent: GraphQLNamedType, *, paged: bool) -> int:
        return sum(self._selection(selection, parent, paged=paged) for selection in node.selections)

    def _selection(self, node: object, parent: GraphQLNamedType, *, paged: bool) -> int:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, parent, paged=paged)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = self._schema.type_map[condition.name.value] if condition else parent
            return self._cost(node.selection_set, inner, paged=paged)
        assert isinstance(node, FieldNode)
        return self._field(node, parent, paged=paged)

    def _fragment(self, name: str, parent: GraphQLNamedType, *, paged: bool) -> int:
        key = (name, parent.name, paged)
        known = self._known.get(key)
        if known is None:
            fragment = self._fragments[name]
            inner = self._schema.type_map[fragment.type_condition.name.value]
            known = self._known[key] = self._cost(fragment.selection_set, inner, paged=paged)
        return known

    def _field(self, node: FieldNode, parent: GraphQLNamedType, *, paged: bool) -> int:
        declared = _field_of(parent, node.name.value)
        if declared is None or node.selection_set is None:
            return 1
        size = self._page_size(node, declared)
        is_list = is_list_type(get_nullable_type(declared.type))
        factor = size if size is not None else UNPAGED_LIST if is_list and not paged else 1
        inside = size is not None and not is_list
        return 1 + factor * self._cost(node.selection_set, get_named_type(declared.type), paged=inside)

    def _page_size(self, node: FieldNode, declared: GraphQLField) -> int | None:
        sizes = [self._argument(node, declared, name) for name in PAGING if name in declared.args]
        given = [size for size in sizes if size is not None]
        return max(given) if given else None

    def _argument(self, node: FieldNode, declared: GraphQLField, name: str) -> int | None:
        given = next((a.value for a in node.arguments or () if a.name.value == name), None)
        value: object = None
        if isinstance(given, IntValueNode):
            value = int(given.value)
        elif isinstance(given, VariableNode):
            value = self._variables.get(given.name.value)
        if value is None:
            value = _default(declared, name)
        return max(value, 0) if isinstance(value, int) else None


def _field_of(parent: GraphQLNamedType, name: str) -> GraphQLField | None:
    return parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None


def _default(declared: GraphQLField, name: str) -> object:
    default = declared.args[name].default
    if default is None:
        return None
    return int(default.literal.value) if isinstance(default.literal, IntValueNode) else default.value
