"""Answers `__schema` and `__type` from the API schema: graphql-core runs over the schema only, never over data."""

from collections.abc import Callable
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)

from gateway.cache import Cache
from gateway.jsontext import written
from gateway.jsontypes import JsonObject
from gateway.refusals import Refused

KEPT_ANSWERS = 4
VALUES_OF_A_SMALL_SCHEMA = 10_000
VALUES_PER_ELEMENT = 20
"""For each type, field, argument and enum value; tools that ask for everything need 12."""


class _Enough(BaseException):
    """Not an Exception, which would be the error of one field: the others would still be resolved."""


class Introspection:
    """Remembers the last answers: tools ask for the same again and again, and a large schema takes a while."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._most = max(VALUES_OF_A_SMALL_SCHEMA, VALUES_PER_ELEMENT * _elements(schema))
        self._known: Cache[tuple[str, str | None, bytes], JsonObject] = Cache(KEPT_ANSWERS)

    def answer(
        self,
        text: str,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        fields: tuple[FieldNode, ...],
        variables: JsonObject,
    ) -> JsonObject:
        """The values of the given root fields by response key. Raises `Refused` for what would be too large."""
        key = (text, operation.name.value if operation.name else None, written(variables))
        known = self._known.get(key)
        if known is None:
            known = self._executed(_only(document, operation, fields), variables)
            self._known.put(key, known)
        return known

    def _executed(self, document: DocumentNode, variables: JsonObject) -> JsonObject:
        left = self._most

        def counted(resolve: Callable[..., Any], *given: Any, **arguments: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise _Enough
            return resolve(*given, **arguments)

        try:
            result = execute_sync(self._schema, document, variable_values=variables, middleware=[counted])
        except _Enough:
            message = "Ask for less of the schema at once. / 请减少一次查询的架构内容。"
            raise Refused("INTROSPECTION_LIMIT", message, extensions={"limit": self._most}) from None
        return result.data or {}


def _only(document: DocumentNode, operation: OperationDefinitionNode, fields: tuple[FieldNode, ...]) -> DocumentNode:
    fragments = tuple(d for d in document.definitions if isinstance(d, FragmentDefinitionNode))
    local = OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=fields),
        directives=(),
    )
    return DocumentNode(definitions=(local, *fragments))


def _elements(schema: GraphQLSchema) -> int:
    count = 0
    for named in schema.type_map.values():
        fields = getattr(named, "fields", {})
        count += 1 + len(fields) + len(getattr(named, "values", ()))
        count += sum(len(getattr(field, "args", ())) for field in fields.values())
    return count
