"""Reads a supergraph file (join spec v0.3 and later; earlier ones are rewritten) into what each subgraph can answer.

Raises `SupergraphError` for a file that isn't a supergraph.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from graphql import (
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    SelectionSetNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
    parse,
    print_ast,
    value_from_ast_untyped,
)
from graphql.language import OperationDefinitionNode
from graphql.type import is_abstract_type

from gateway.earlier_join import in_present_words

UNDERSTOOD = frozenset(("core", "link", "join", "inaccessible"))
"""Features that a gateway must know if the file says that they are for security or execution."""

Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode
DirectiveValues = dict[str, object]


class SupergraphError(Exception):
    """The supergraph file can't be read or isn't a supergraph."""


@dataclass(frozen=True, slots=True)
class FieldSet:
    """A `@key`, `@requires` or `@provides` selection."""

    text: str
    selections: SelectionSetNode


@dataclass(frozen=True, slots=True)
class Key:
    fields: FieldSet
    resolvable: bool


@dataclass(frozen=True, slots=True)
class SubgraphField:
    """A field as one subgraph declares it; `type` is printed, e.g. `[Member!]!`."""

    name: str
    type: str
    named_type: str
    external: bool
    requires: FieldSet | None
    provides: FieldSet | None


@dataclass(slots=True)
class SubgraphType:
    """A composite type as one subgraph declares it.

    `fetch_as` is the type name that representations carry: the interface's name where the subgraph
    declares the interface as an object (`@interfaceObject`), else the type's own.
    """

    name: str
    fetch_as: str
    keys: tuple[Key, ...] = ()
    fields: dict[str, SubgraphField] = field(default_factory=dict)
    possible: frozenset[str] = frozenset()
    abstract: bool = False
    interface_object: bool = False


@dataclass(slots=True)
class Subgraph:
    name: str
    url: str
    types: dict[str, SubgraphType] = field(default_factory=dict)


@dataclass
class Supergraph:
    document: DocumentNode
    schema: GraphQLSchema
    subgraphs: dict[str, Subgraph]

    @cached_property
    def possible_types(self) -> Mapping[str, tuple[str, ...]]:
        return {
            name: tuple(t.name for t in self.schema.get_possible_types(type_))
            for name, type_ in self.schema.type_map.items()
            if is_abstract_type(type_)
        }


def read_supergraph(sdl: str) -> Supergraph:
    try:
        document = in_present_words(parse(sdl, no_location=True))
        schema = build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)
    except (GraphQLError, TypeError) as error:
        raise SupergraphError(f"The supergraph can't be read: {error}") from error
    graphs = _graphs(document)
    _check_features(document)
    supergraph = Supergraph(document, schema, {g.name: g for g in graphs.values()})
    for definition in document.definitions:
        if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode):
            _read_type(definition, graphs)
    for definition in document.definitions:
        if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            _read_implements(definition, graphs)
    for subgraph in supergraph.subgraphs.values():
        for known in subgraph.types.values():
            known.possible = known.possible or frozenset((known.name,))
    _add_interface_objects(supergraph)
    return supergraph


def _graphs(document: DocumentNode) -> dict[str, Subgraph]:
    for definition in document.definitions:
        if isinstance(definition, EnumTypeDefinitionNode) and definition.name.value == "join__Graph":
            found = {}
            for value in definition.values or ():
                for arguments in directives(value.directives, "join__graph"):
                    found[value.name.value] = Subgraph(str(arguments["name"]), str(arguments.get("url") or ""))
            return found
    raise SupergraphError("This is no supergraph: it has no join__Graph enum.")


def _check_features(document: DocumentNode) -> None:
    """A file whose rules about who may see what (`@authenticated`...) aren't understood must not be served."""
    for url in _needed_features(document):
        if UNDERSTOOD.isdisjoint(url.split("/")[-2:-1]):
            raise SupergraphError(f"The supergraph needs {url}, which this gateway doesn't know.")


def _needed_features(document: DocumentNode) -> Iterator[str]:
    """The features that the file says are for security or execution."""
    schemas = [one for one in document.definitions if isinstance(one, SchemaDefinitionNode | SchemaExtensionNode)]
    for name, argument in (("link", "url"), ("core", "feature")):
        features = (feature for schema in schemas for feature in directives(schema.directives, name))
        yield from (str(feature.get(argument)) for feature in features if feature.get("for"))


def directives(nodes: tuple[DirectiveNode, ...] | None, name: str) -> Iterator[DirectiveValues]:
    """The argument values of every directive of this name."""
    for node in nodes or ():
        if node.name.value == name:
            yield {a.name.value: value_from_ast_untyped(a.value) for a in node.arguments or ()}


def _read_type(definition: Composite, graphs: dict[str, Subgraph]) -> None:
    name = definition.name.value
    for arguments in directives(definition.directives, "join__type"):
        types = graphs[str(arguments["graph"])].types
        known = types.setdefault(name, SubgraphType(name, name))
        known.abstract = not isinstance(definition, ObjectTypeDefinitionNode)
        known.possible = frozenset((name,)) if not known.abstract else known.possible
        if arguments.get("isInterfaceObject"):
            known.interface_object, known.abstract = True, False
        if key := arguments.get("key"):
            known.keys += (Key(field_set(str(key)), arguments.get("resolvable") is not False),)
    if isinstance(definition, UnionTypeDefinitionNode):
        _read_members(definition, graphs)
        return
    holders = {enum: g.types[name] for enum, g in graphs.items() if name in g.types}
    for field_node in definition.fields or ():
        _read_field(field_node, holders)


def _read_members(definition: UnionTypeDefinitionNode, graphs: dict[str, Subgraph]) -> None:
    for arguments in directives(definition.directives, "join__unionMember"):
        union = graphs[str(arguments["graph"])].types[definition.name.value]
        union.possible |= {str(arguments["member"])}


def _read_field(node: FieldDefinitionNode, holders: dict[str, SubgraphType]) -> None:
    joins = list(directives(node.directives, "join__field"))
    if not joins:
        for holder in holders.values():
            holder.fields[node.name.value] = _subgraph_field(node, {})
    for arguments in joins:
        holder_name = arguments.get("graph")
        if holder_name is not None and not arguments.get("usedOverridden"):
            holders[str(holder_name)].fields[node.name.value] = _subgraph_field(node, arguments)


def _subgraph_field(node: FieldDefinitionNode, arguments: DirectiveValues) -> SubgraphField:
    type_text = str(arguments.get("type") or print_ast(node.type))
    return SubgraphField(
        name=node.name.value,
        type=type_text,
        named_type=type_text.strip("[]!"),
        external=arguments.get("external") is True,
        requires=_optional_field_set(arguments.get("requires")),
        provides=_optional_field_set(arguments.get("provides")),
    )


def _optional_field_set(text: object) -> FieldSet | None:
    return field_set(str(text)) if text else None


def field_set(text: str) -> FieldSet:
    definition = parse("{" + text + "}", no_location=True).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return FieldSet(" ".join(text.split()), definition.selection_set)


def _read_implements(
    definition: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode, graphs: dict[str, Subgraph]
) -> None:
    if isinstance(definition, InterfaceTypeDefinitionNode):
        return
    for arguments in directives(definition.directives, "join__implements"):
        interface = graphs[str(arguments["graph"])].types.get(str(arguments["interface"]))
        if interface is not None and interface.abstract:
            interface.possible |= {definition.name.value}


def _add_interface_objects(supergraph: Supergraph) -> None:
    """Where a subgraph declares an interface as an object, each implementation is reachable under its name."""
    for subgraph in supergraph.subgraphs.values():
        for known in list(subgraph.types.values()):
            if not known.interface_object:
                continue
            known.possible = frozenset(supergraph.possible_types[known.name] or (known.name,))
            for name in known.possible - subgraph.types.keys():
                subgraph.types[name] = SubgraphType(
                    name, known.name, known.keys, known.fields, frozenset((name,)), interface_object=True
                )
