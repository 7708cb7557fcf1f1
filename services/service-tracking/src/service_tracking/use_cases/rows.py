"""Batches: every row ends in what it made or in the refusal that stopped it."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from servicekit.domain import Aggregate, NotFound, Refusal

from service_tracking.domain.refusals import MemberNotRegistered
from service_tracking.domain.registered import Registered

R = TypeVar("R")
T = TypeVar("T")
A = TypeVar("A", bound=Aggregate)


def each(rows: Iterable[R], decide: Callable[[R], T]) -> list[T | Refusal]:
    """`decide` each row in order. It must check before it changes anything: a refused row leaves no trace."""
    outcomes: list[T | Refusal] = []
    for row in rows:
        try:
            outcomes.append(decide(row))
        except Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


def only(outcomes: list[T | Refusal]) -> T:
    """The outcome of a batch of one. Raises its refusal."""
    (outcome,) = outcomes
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def found(kept: dict[str, A], id: str, *, path: str, what_zh: str, what_en: str) -> A:
    """Raises NotFound."""
    if id not in kept:
        raise NotFound(path=path, what_zh=what_zh, what_en=what_en, id=id)
    return kept[id]


def registered(members: dict[str, Registered], member_id: str, *, path: str = "member_id") -> Registered:
    """Raises MemberNotRegistered."""
    if member_id not in members:
        raise MemberNotRegistered(path=path, member_id=member_id)
    return members[member_id]
