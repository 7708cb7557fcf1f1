"""A subgraph: the federated schema of one service, guarded, and the execution of operations on it."""

import inspect
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationType,
    create_source_event_stream,
    execute,
    get_operation_ast,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.types.field import StrawberryField

from servicekit.domain import Refusal, TooManyRows
from servicekit.graphql.audit import AuditChange, AuditEntry, AuditField
from servicekit.graphql.context import Context
from servicekit.graphql.documents import Documents, Limits
from servicekit.graphql.entities import EntityTypes, entity_definitions
from servicekit.graphql.errors import fault, format_error, refusal_error
from servicekit.graphql.guards import (
    ResolveInfo,
    ResultUnion,
    attribute,
    gated,
    limited,
    named_type,
    root,
    subscribed,
    told,
    union_of,
    with_union,
)
from servicekit.graphql.inputs import InputChecks
from servicekit.graphql.paging import Connection, PageInfo
from servicekit.graphql.refusals import CENTRAL, BulkPayload
from servicekit.graphql.refusals import Refusal as RefusalType
from servicekit.security import PUBLIC, Policy, Rule

FEDERATION_VERSION: Final = "2.9"


_PLUMBING = (PageInfo, Connection, RefusalType, BulkPayload, AuditEntry, AuditChange, AuditField)


class StreamNeeded(Refusal):
    zh = "订阅须以 text/event-stream 接收。"
    en = "A subscription is answered as text/event-stream only."
    next_zh = "请设置 Accept: text/event-stream。"
    next_en = "Set Accept: text/event-stream."


class SchemaError(Exception):
    """The schema breaks a rule of the house; the message names every place."""


class Subgraph:
    """The schema of one service, ready to answer. Make it with `build_schema`."""

    def __init__(self, schema: strawberry.federation.Schema, policy: Policy, limits: Limits) -> None:
        self.policy = policy
        self.limits = limits
        self.sdl = schema.as_str()
        self._schema = schema
        self._graphql = schema._schema
        _Guarding(self._graphql.type_map, policy, limits).apply()
        self._documents = Documents(self._graphql, limits)

    async def execute(
        self,
        document: str,
        *,
        context: Context,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> dict[str, Any]:
        """The response of one operation: `data` and `errors`. A request error (nothing was executed) has no `data`."""
        prepared = self._documents.prepare(document)
        if prepared.document is None:
            return {"errors": [format_error(error, context) for error in prepared.errors]}
        if _is_subscription(prepared.document, operation_name):
            return {"errors": [refusal_error(StreamNeeded(), context.lang)]}
        return await self._executed(prepared.document, context, variables, operation_name)

    async def subscribe(
        self,
        document: str,
        *,
        context: Context,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> dict[str, Any] | AsyncIterator[dict[str, Any]]:
        """The responses of a subscription; one response for whatever else is asked, or when it can't begin.

        Close `context` in the end. Each event is executed with a context of its own.
        """
        prepared = self._documents.prepare(document)
        if prepared.document is None or not _is_subscription(prepared.document, operation_name):
            return await self.execute(document, context=context, variables=variables, operation_name=operation_name)
        executor: Any = Executor.build(
            self._graphql,
            prepared.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=operation_name,
        )
        if not isinstance(executor, Executor):
            return {"errors": [format_error(error, context) for error in executor]}
        try:
            source: Any = create_source_event_stream(executor)
            if inspect.isawaitable(source):
                source = await source
        except Exception as error:
            return {"errors": [fault(error, context, where="subscribe")]}
        if isinstance(source, ExecutionResult):
            return {"errors": [format_error(error, context) for error in source.errors or ()]}
        return self._responses(source, prepared.document, context, variables, operation_name)

    async def _responses(
        self,
        source: AsyncIterator[Any],
        document: DocumentNode,
        context: Context,
        variables: dict[str, Any] | None,
        operation_name: str | None,
    ) -> AsyncIterator[dict[str, Any]]:
        try:
            async for event in source:
                yield await self._executed(document, context.renewed(), variables, operation_name, event)
        except Refusal as refusal:
            yield {"errors": [refusal_error(refusal, context.lang)]}
        except Exception as error:
            yield {"errors": [fault(error, context, where="subscription")]}

    async def _executed(
        self,
        document: DocumentNode,
        context: Context,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        root: Any = None,
    ) -> dict[str, Any]:
        try:
            result: Any = execute(
                self._graphql,
                document,
                root_value=root,
                context_value=context,
                variable_values=variables,
                operation_name=operation_name,
                executor_class=self._schema.execution_context_class,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
                operation_extensions=None,
            )
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:
            return {"errors": [fault(error, context, where="execute")]}
        if not result.errors:
            return {"data": result.data}
        errors = [format_error(error, context) for error in result.errors]
        if result.data is None and all(error.path is None for error in result.errors):
            return {"errors": errors}
        return {"data": result.data, "errors": errors}


def build_schema(
    *,
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    types: Iterable[type] = (),
    policy: Mapping[str, Rule],
    limits: Limits | None = None,
    scalars: Mapping[object, Any] | None = None,
) -> Subgraph:
    """The subgraph of a service. `types` are those that no field reaches, such as entities and implementations.

    Raises SchemaError when a root field or an object type has no rule in `policy`, a rule has no field, or a
    mutation's result lacks what the machinery may answer.
    """
    schema = strawberry.federation.Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=list(types),
        federation_version=FEDERATION_VERSION,
        config=StrawberryConfig(scalar_map=dict(scalars or {})),
    )
    return Subgraph(schema, Policy(policy), limits or Limits())


class _Guarding:
    """Puts the guards before the resolvers of a schema, and finds what is missing."""

    def __init__(self, types: Mapping[str, Any], policy: Policy, limits: Limits) -> None:
        self._types = types
        self._policy = policy
        self._limits = limits
        self._checks = InputChecks()
        self._problems: list[str] = []
        self._used: set[str] = set()

    def apply(self) -> None:
        for name, type_ in self._types.items():
            if name in ("Query", "Mutation"):
                for field_name, field in type_.fields.items():
                    self._guard_root(f"{name}.{field_name}", field)
            elif name == "Subscription":
                for field_name, field in type_.fields.items():
                    self._guard_subscription(f"{name}.{field_name}", field)
            elif isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
                self._guard_object(type_)
        unknown = sorted(set(self._policy.rules) - self._used - self._helper_keys())
        self._problems += [f"the policy's key {key} names nothing in the schema" for key in unknown]
        if self._problems:
            raise SchemaError("\n".join(self._problems))

    def _helper_keys(self) -> set[str]:
        """Interfaces may have a rule for the resolvers to ask."""
        return {name for name, type_ in self._types.items() if isinstance(type_, GraphQLInterfaceType)}

    def _guard_root(self, key: str, field: GraphQLField) -> None:
        if key == "Query._entities":
            field.resolve = self._entities(field)
            return
        rule = PUBLIC if key == "Query._service" else self._rule(key)
        if rule is None:
            self._problems.append(f"{key} has no rule in the policy")
            return
        resolve = root(self._limited(field), key, rule)
        field.resolve = self._presented(key, field, resolve)

    def _guard_subscription(self, key: str, field: GraphQLField) -> None:
        rule = self._rule(key)
        if rule is None:
            self._problems.append(f"{key} has no rule in the policy")
            return
        self._check_target(named_type(field.type), rule)
        assert field.subscribe is not None
        begin = limited(field.subscribe, self._checks.of(field.args), "first" in field.args)
        field.subscribe = subscribed(begin, key, rule)
        field.resolve = told(key, rule)

    def _guard_object(self, type_: GraphQLObjectType) -> None:
        common = PUBLIC if _is_plumbing(type_) else self._rule(type_.name)
        for name, field in type_.fields.items():
            key = f"{type_.name}.{name}"
            own = self._rule(key)
            if own is not None and own.scoped and isinstance(field.type, GraphQLNonNull):
                self._problems.append(f"{key} has a rule of its own, so it must be nullable: null when not permitted")
            rule = own or common
            if rule is None:
                self._problems.append(f"{key} has no rule in the policy, nor has {type_.name}")
                continue
            self._check_target(type_, rule)
            resolve = self._presented(key, field, self._limited(field))
            field.resolve = resolve if rule is PUBLIC else gated(resolve, key if own else type_.name, rule)

    def _check_target(self, type_: GraphQLObjectType, rule: Rule) -> None:
        problem = f"{type_.name} has a scoped rule, so it needs an attribute or property policy_target: Target"
        origin = type_.extensions["strawberry-definition"].origin
        declared = hasattr(origin, "policy_target") or "policy_target" in inspect.get_annotations(origin)
        if rule.scoped and not declared and problem not in self._problems:
            self._problems.append(problem)

    def _rule(self, key: str) -> Rule | None:
        self._used.add(key)
        return self._policy.rules.get(key)

    def _limited(self, field: GraphQLField) -> Any:
        definition = field.extensions.get("strawberry-definition")
        resolve = field.resolve
        if isinstance(definition, StrawberryField) and definition.is_basic_field:
            resolve = attribute(definition.python_name)
        assert resolve is not None
        return limited(resolve, self._checks.of(field.args), "first" in field.args)

    def _presented(self, key: str, field: GraphQLField, resolve: Any) -> Any:
        union = union_of(field)
        if union is not None and not isinstance(_nullable(field.type), type(union)):
            union = None  # a list of unions holds what its resolver made
        mutation = key.startswith("Mutation.")
        missing = {one.__name__ for one in CENTRAL} - ({one.name for one in union.types} if union else set())
        if mutation and missing:
            self._problems.append(
                f"{key} must answer a result_union or bulk_union (it lacks {', '.join(sorted(missing))})"
            )
        if union is None:
            return resolve
        if (
            mutation
            and self._checks.has_lists(field.args)
            and TooManyRows.__name__ not in {t.name for t in union.types}
        ):
            self._problems.append(f"{key} takes a list, so its result union needs TooManyRows")
        return with_union(resolve, key, ResultUnion(union), field.args)

    def _entities(self, field: GraphQLField) -> Any:
        entities = EntityTypes(entity_definitions(self._types))
        limit = self._limits.representations
        definition = field.extensions["strawberry-definition"]

        async def resolve(_source: Any, info: ResolveInfo, representations: list[Any]) -> list[Any]:
            return await entities.resolve(strawberry.Info(_raw_info=info, _field=definition), representations, limit)

        return resolve


def _is_subscription(document: DocumentNode, operation_name: str | None) -> bool:
    operation = get_operation_ast(document, operation_name)
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def _is_plumbing(type_: GraphQLObjectType) -> bool:
    """Types of this package: what they hold has rules of its own."""
    origin = type_.extensions["strawberry-definition"].origin
    return type_.name == "_Service" or issubclass(origin, _PLUMBING)


def _nullable(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_
