"""Parses, limits and validates documents, and remembers the outcome."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    VariableNode,
    parse,
    print_ast,
    validate,
)
from graphql.language import DirectiveNode, Visitor, visit
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping

from gateway.cache import LONGEST_TEXT, Cache
from gateway.limits import check_introspection, check_shape, check_tokens
from gateway.refusals import Refused, invalid
from gateway.settings import Settings

MAX_VALIDATION_ERRORS = 20

# Fields of one name are compared in pairs: by default for more than a second before the rule gives up.
overlapping.MAX_COMPLEXITY_BUDGET = 50_000


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document; `text` is its normalised form, `conditions` the variables of its @skip and @include."""

    node: DocumentNode
    text: str
    operations: tuple[OperationDefinitionNode, ...]
    conditions: tuple[str, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        named = [o for o in self.operations if name is None or (o.name and o.name.value == name)]
        if len(named) == 1:
            return named[0]
        if not self.operations:
            raise Refused("OPERATION_RESOLUTION_FAILURE", "The document has no operation.")
        if name is None:
            raise Refused("OPERATION_RESOLUTION_FAILURE", "The document has several operations: name one.")
        raise Refused("OPERATION_RESOLUTION_FAILURE", f"The document has no operation named {name!r}.")


class Documents:
    def __init__(self, schema: GraphQLSchema, settings: Settings) -> None:
        self._schema = schema
        self._settings = settings
        self._known: Cache[str, Document | Refused] = Cache(settings.cached_documents)

    def read(self, text: str) -> Document:
        """Raises `Refused` if the document is over a limit, can't be parsed or isn't valid."""
        known = self._known.get(text)
        if known is None:
            try:
                known = self._read(text)
            except Refused as refused:
                known = refused
            if len(text) <= LONGEST_TEXT:
                self._known.put(text, known, weight=len(text))
        if isinstance(known, Refused):
            # Else what led to each refusal would be kept, one after the other, for as long as the document is known.
            raise known.with_traceback(None)
        return known

    def _read(self, text: str) -> Document:
        node = self._parse(text)
        check_shape(node, self._settings)
        if not self._settings.introspection:
            check_introspection(node)
        errors = validate(
            self._schema,
            node,
            max_errors=MAX_VALIDATION_ERRORS,
            hide_suggestions=not self._settings.introspection,
            allow_empty_selection_sets=False,
        )
        if errors:
            raise invalid("GRAPHQL_VALIDATION_FAILED", errors)
        operations = tuple(d for d in node.definitions if isinstance(d, OperationDefinitionNode))
        return Document(node, print_ast(node), operations, tuple(_conditions(node)))

    def _parse(self, text: str) -> DocumentNode:
        limit = self._settings.max_tokens
        check_tokens(text, limit)
        try:
            return parse(text, max_lexical_tokens=limit, max_comments=limit, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: GraphQLSyntaxError) -> Refused:
        """graphql-core tells its own limits as syntax errors."""
        limits = (
            ("tokens", "TOKEN_LIMIT", "The document has too many tokens. / 文档过长。", self._settings.max_tokens),
            ("comments", "TOKEN_LIMIT", "The document has too many comments. / 注释过多。", self._settings.max_tokens),
            (
                "nested too deeply",
                "DEPTH_LIMIT",
                "The document is too deep. / 文档嵌套过深。",
                self._settings.max_depth,
            ),
        )
        for words, code, message, limit in limits:
            if words in error.description:
                return Refused(code, message, extensions={"limit": limit})
        return invalid("GRAPHQL_PARSE_FAILED", [error])


def _conditions(node: DocumentNode) -> Iterator[str]:
    finder = _Conditions()
    visit(node, finder)
    return iter(sorted(finder.names))


class _Conditions(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in ("skip", "include"):
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.names.add(argument.value.name.value)
