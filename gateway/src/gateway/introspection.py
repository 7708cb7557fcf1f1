"""Answers `__schema` and `__type` from the API schema: graphql-core runs over the schema only, never over data."""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
)

from gateway.jsontypes import JsonObject


def answer_introspection(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    fields: tuple[FieldNode, ...],
    variables: JsonObject,
) -> JsonObject:
    """The values of the given root fields by response key."""
    fragments = tuple(d for d in document.definitions if isinstance(d, FragmentDefinitionNode))
    local = OperationDefinitionNode(
        operation=operation.operation,
        variable_definitions=operation.variable_definitions,
        selection_set=SelectionSetNode(selections=fields),
        directives=(),
    )
    result = execute_sync(schema, DocumentNode(definitions=(local, *fragments)), variable_values=variables)
    return result.data or {}
