"""Documents made ready once: parsed, validated and measured, then kept by their text."""

from dataclasses import dataclass
from operator import itemgetter

from cachetools import LRUCache
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
)
from strawberry.schema.schema import validate_document

VALIDATION_RULES = tuple(specified_rules)
# Characters of all documents that are kept: a syntax tree takes up to 120 times the memory of its text.
MOST_CACHED = 512 * 1024
LONGEST_CACHED = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for; `representations` in each `_entities` field."""

    tokens: int = 20_000
    depth: int = 20
    representations: int = 1_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document, or why it can't be executed."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()


class Documents:
    """Prepares documents for one schema; the last ones are kept, of so many characters together."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._kept: LRUCache[str, tuple[Prepared, int]] = LRUCache(MOST_CACHED, getsizeof=itemgetter(1))

    def prepare(self, text: str) -> Prepared:
        kept = self._kept.get(text)
        if kept is not None:
            return kept[0]
        prepared = self._prepare(text)
        if len(text) <= LONGEST_CACHED:
            self._kept[text] = prepared, len(text)
        return prepared

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text, max_lexical_tokens=self._limits.tokens)
        except GraphQLError as error:
            return Prepared(None, (coded(error, "GRAPHQL_PARSE_FAILED"),))
        errors = validate_document(self._schema, document, VALIDATION_RULES)
        if errors:
            return Prepared(None, tuple(coded(error, "GRAPHQL_VALIDATION_FAILED") for error in errors))
        too_deep = self._too_deep(document)
        return Prepared(None, (too_deep,)) if too_deep else Prepared(document)

    def _too_deep(self, document: DocumentNode) -> GraphQLError | None:
        limit = self._limits.depth
        depth = depth_of(document)
        if depth <= limit:
            return None
        return GraphQLError(
            f"查询嵌套 {depth} 层,最多 {limit} 层 / The query is {depth} levels deep; at most {limit} are allowed",
            extensions={
                "code": "TOO_DEEP",
                "nextStep": "请拆分为多个查询。 / Split it into several queries.",
                "limit": limit,
                "actual": depth,
            },
        )


def coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def depth_of(document: DocumentNode) -> int:
    """Levels of fields in the deepest operation, fragments included. The document must be valid: no cycles."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    known: dict[str, int] = {}

    def of_fragment(name: str) -> int:
        if name not in known:
            known[name] = of_selections(fragments[name].selection_set)
        return known[name]

    def of_selections(selections: SelectionSetNode | None) -> int:
        deepest = 0
        for selection in selections.selections if selections else ():
            if isinstance(selection, FieldNode):
                levels = 1 + of_selections(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                levels = of_fragment(selection.name.value)
            else:
                levels = of_selections(getattr(selection, "selection_set", None))
            deepest = max(deepest, levels)
        return deepest

    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return max((of_selections(operation.selection_set) for operation in operations), default=0)
