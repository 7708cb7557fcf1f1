"""What stands before every resolver: the policy, the limits of what comes in, and the shape of what goes out."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLUnionType,
)

from servicekit.domain import InvalidInput, NotPermitted, Refusal
from servicekit.graphql.context import Context
from servicekit.graphql.inputs import Check, run_checks
from servicekit.graphql.paging import MAX_FIRST
from servicekit.graphql.refusals import BulkPayload, present
from servicekit.security import Rule

Resolve = Callable[..., Any]
ResolveInfo = GraphQLResolveInfo[Context]


class UndeclaredRefusalError(Exception):
    """A mutation refused in a way that its result union doesn't have: a mistake of the service."""


def attribute(name: str) -> Resolve:
    """The resolver of a plain field; hot lists are made of these, so it does nothing else."""

    def resolve(source: Any, _info: ResolveInfo) -> Any:
        return getattr(source, name)

    return resolve


def limited(resolve: Resolve, checks: Mapping[str, Check], has_first: bool) -> Resolve:
    """Refuses arguments over their limits before the resolver runs."""
    if not checks and not has_first:
        return resolve

    def checked(source: Any, info: ResolveInfo, **arguments: Any) -> Any:
        if has_first:
            check_first(arguments.get("first"))
        run_checks(checks, arguments)
        return resolve(source, info, **arguments)

    return checked


def check_first(first: int | None) -> None:
    """Raises InvalidInput unless 1 <= first <= 100."""
    if first is not None and not 1 <= first <= MAX_FIRST:
        raise InvalidInput(
            path="first",
            reason_zh=f"每页 1 到 {MAX_FIRST} 条,收到 {first}",
            reason_en=f"1 to {MAX_FIRST} a page, got {first}",
        )


def gated(resolve: Resolve, key: str, rule: Rule) -> Resolve:
    """Guards a field of an object by its own rule or its type's; scoped rules ask the object for `policy_target`."""

    def permitted(source: Any, info: ResolveInfo, **arguments: Any) -> Any:
        if not info.context.covers(key, source.policy_target):
            raise NotPermitted(permission=key)
        return resolve(source, info, **arguments)

    def admitted(source: Any, info: ResolveInfo, **arguments: Any) -> Any:
        if not rule.admits(info.context.principal):
            raise NotPermitted(permission=key)
        return resolve(source, info, **arguments)

    return permitted if rule.scoped else admitted


def root(resolve: Resolve, key: str, rule: Rule) -> Resolve:
    """Guards a root field: the role before the resolver; after it, that the scope was asked for."""

    async def guarded(source: Any, info: ResolveInfo, **arguments: Any) -> Any:
        context: Context = info.context
        if not rule.admits(context.principal):
            raise NotPermitted(permission=key)
        if key.startswith("Mutation."):
            context.scoped_mutation = key if rule.scoped else None
        result = resolve(source, info, **arguments)
        if inspect.isawaitable(result):
            result = await result
        if rule.scoped and not _empty(result):
            context.ensure_scope_checked(key)
        return result

    return guarded


def subscribed(subscribe: Resolve, key: str, rule: Rule) -> Resolve:
    """Guards the beginning of a subscription: the role before it, and that the scope was asked for within it."""

    async def guarded(source: Any, info: ResolveInfo, **arguments: Any) -> Any:
        context: Context = info.context
        if not rule.admits(context.principal):
            raise NotPermitted(permission=key)
        stream = subscribe(source, info, **arguments)
        if inspect.isawaitable(stream):
            stream = await stream
        context.ensure_scope_checked(key if rule.scoped else None)
        return stream

    return guarded


def told(key: str, rule: Rule) -> Resolve:
    """Guards each event of a subscription by what it belongs to: a grant may have ended since the beginning."""

    def permitted(event: Any, info: ResolveInfo, **_arguments: Any) -> Any:
        principal = info.context.principal
        allowed = rule.permits(principal, event.policy_target, key) if rule.scoped else rule.admits(principal)
        if not allowed:
            raise NotPermitted(permission=key)
        return event

    return permitted


def _empty(result: Any) -> bool:
    nodes = getattr(result, "nodes", result)
    return nodes is None or nodes == []


class ResultUnion:
    """The union of a field's type, which of the domain's refusals it has, and its bulk payload if it has one."""

    def __init__(self, union: GraphQLUnionType) -> None:
        self.names = frozenset(one.name for one in union.types)
        self.bulk = next((kind for one in union.types if issubclass(kind := _origin(one), BulkPayload)), None)
        self.outcomes = _outcomes(union) if self.bulk else frozenset()

    def present(self, result: Any, key: str, context: Context, prefix: str | None) -> Any:
        """The result with domain refusals made typed members. Raises UndeclaredRefusalError."""
        if isinstance(result, Refusal):
            return _typed(result, self.names, key, context, prefix)
        if self.bulk is not None and isinstance(result, (list, tuple)):
            outcomes = [
                _typed(one, self.outcomes, key, context, f"{prefix or 'inputs'}.{index}")
                if isinstance(one, Refusal)
                else one
                for index, one in enumerate(result)
            ]
            return self.bulk(outcomes=outcomes)
        return result


def with_union(resolve: Resolve, key: str, union: ResultUnion, arguments: Mapping[str, Any]) -> Resolve:
    """Turns refusals, raised or returned, into members of the result union."""
    prefix = next((name for name in ("input", "inputs") if name in arguments), None)

    async def presented(source: Any, info: ResolveInfo, **values: Any) -> Any:
        try:
            result = resolve(source, info, **values)
            if inspect.isawaitable(result):
                result = await result
        except Refusal as refusal:
            result = refusal
        return union.present(result, key, info.context, prefix)

    return presented


def _typed(refusal: Refusal, names: frozenset[str], key: str, context: Context, prefix: str | None) -> Any:
    if type(refusal).__name__ not in names:
        raise UndeclaredRefusalError(f"{key} refused with {refusal.code}, which its result union lacks") from refusal
    return present(refusal, context.lang, prefix)


def _outcomes(union: GraphQLUnionType) -> frozenset[str]:
    payload = next(one for one in union.types if issubclass(_origin(one), BulkPayload))
    inner = named_type(payload.fields["outcomes"].type)
    assert isinstance(inner, GraphQLUnionType)
    return frozenset(one.name for one in inner.types)


def _origin(type_: GraphQLObjectType) -> Any:
    return type_.extensions["strawberry-definition"].origin


def named_type(type_: GraphQLOutputType) -> Any:
    while isinstance(type_, (GraphQLNonNull, GraphQLList)):
        type_ = type_.of_type
    return type_


def union_of(field: GraphQLField) -> GraphQLUnionType | None:
    named = named_type(field.type)
    return named if isinstance(named, GraphQLUnionType) else None
