"""Domain refusals as GraphQL types: the client gets a typed member of the result's union, in its language."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Union, get_origin, get_type_hints

import strawberry
from strawberry.utils.str_converters import to_camel_case

from servicekit import domain
from servicekit.domain import Busy, InvalidInput, NotPermitted, TooManyRows
from servicekit.domain.refusals import Language

COMMON = frozenset({domain.Busy, domain.InvalidInput, domain.NotFound, domain.NotPermitted, domain.TooManyRows})

# What the machinery itself may answer to any mutation: every result union has them.
CENTRAL: tuple[type[domain.Refusal], ...] = (InvalidInput, NotPermitted, Busy)

_types: dict[type[domain.Refusal], type["Refusal"]] = {}
_own_fields: dict[type[domain.Refusal], dict[str, Any]] = {}


@strawberry.interface(description="为何未予办理,以及下一步怎么做 / Why not, and what to do next")
class Refusal:
    code: str
    message: str
    next_step: str
    path: str | None


def refusal_type(refusal: type[domain.Refusal]) -> type[Refusal]:
    """The object type of a domain refusal: the interface's fields and those that the class annotates."""
    if refusal not in _types:
        _types[refusal] = _make_type(refusal)
    return _types[refusal]


def _make_type(refusal: type[domain.Refusal]) -> type[Refusal]:
    annotations = own_fields(refusal)
    made = type(refusal.__name__, (Refusal,), {"__annotations__": annotations, "__module__": refusal.__module__})
    decorate: Callable[[type], type[Refusal]] = strawberry.federation.type(shareable=refusal in COMMON)
    return decorate(made)


def own_fields(refusal: type[domain.Refusal]) -> dict[str, Any]:
    """Field name to type, of the fields that the refusal declares for its clients."""
    if refusal not in _own_fields:
        inherited = get_type_hints(domain.Refusal)
        _own_fields[refusal] = {
            name: hint
            for name, hint in get_type_hints(refusal).items()
            if name not in inherited and get_origin(hint) is not ClassVar
        }
    return _own_fields[refusal]


def present(refusal: domain.Refusal, language: Language, prefix: str | None = None) -> Refusal:
    """The typed result of a refusal; `prefix` is the path of the input (`inputs.3`) that it is about."""
    kind = type(refusal)
    return refusal_type(kind)(
        code=refusal.code,
        message=refusal.message(language),
        next_step=refusal.next_step(language),
        path=full_path(refusal.path, prefix),
        **{name: getattr(refusal, name) for name in own_fields(kind)},
    )


def full_path(path: str | None, prefix: str | None) -> str | None:
    """`id_number` under `inputs.3` is `inputs.3.idNumber`; a path that names an argument already stays as it is."""
    if path is None:
        return prefix
    path = ".".join(to_camel_case(step) for step in path.split("."))
    if prefix is None or path.split(".", 1)[0] in ("input", "inputs"):
        return path
    return f"{prefix}.{path}"


def result_union(name: str, *members: type) -> Any:
    """A mutation's result: object types and domain refusals. InvalidInput, NotPermitted and Busy are always in it.

    Use it as `graphql_type=`; the resolver returns the object and raises (or returns) the domain refusal itself.
    """
    types = dict.fromkeys(_member(member) for member in (*members, *CENTRAL))
    return Annotated[Union[tuple(types)], strawberry.union(name)]  # noqa: UP007


def bulk_union(name: str, outcome: Any) -> Any:
    """`bulk_union("CertifyRegistrations", CertifyRegistrationResult)`: the result of a bulk mutation.

    Makes `CertifyRegistrationsPayload {outcomes: [CertifyRegistrationResult!]!}` and the union of it with TooManyRows
    and the central refusals, `CertifyRegistrationsResult`. The resolver returns the list of outcomes, in the order of
    the inputs: objects and domain refusals.
    """
    payload = type(f"{name}Payload", (BulkPayload,), {"__annotations__": {"outcomes": list[outcome]}})
    return result_union(f"{name}Result", strawberry.type(payload), TooManyRows)


class BulkPayload:
    """Marks the payload of a bulk mutation."""


def _member(member: type) -> type:
    return refusal_type(member) if issubclass(member, domain.Refusal) else member
