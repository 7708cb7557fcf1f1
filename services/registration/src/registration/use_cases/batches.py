"""Commands come in batches: every row ends in its aggregate or in the refusal of that row alone."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from servicekit.domain import Refusal
from servicekit.security import Target

C = TypeVar("C")
T = TypeVar("T")

Permit = Callable[[Target], None]
"""Raises NotPermitted unless the caller's scope covers the target."""


def decide_each(commands: Iterable[C], decide: Callable[[C], T]) -> list[T | Refusal]:
    """What `decide` answered or refused, row by row. It must refuse before it changes anything."""
    outcomes: list[T | Refusal] = []
    for command in commands:
        try:
            outcomes.append(decide(command))
        except Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


def well_formed(check: Callable[[str], str], texts: Iterable[str]) -> list[str]:
    """What `check` makes of each text, without those that it refuses: their rows are refused when decided."""
    return [one for one in decide_each(texts, check) if not isinstance(one, Refusal)]


def sole(outcomes: Sequence[T | Refusal]) -> T:
    """The outcome of a batch of one; its refusal is raised."""
    (outcome,) = outcomes
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome
