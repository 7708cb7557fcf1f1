"""Keeping the books: what changes in cells and standings when facts are replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evaluation.domain.contributions import (
    CellKey,
    Counts,
    add_cells,
    contribution,
    counting,
    standing_contribution,
)
from evaluation.domain.facts import Fact
from evaluation.domain.standings import Standing

# Raised by whatever makes other books of the same events: another contribution, counter or fact, or another field that
# lists search. Books of another version are rebuilt before this one works on them.
RULES = 1

Replacement = tuple[Fact | None, Fact]


@dataclass(slots=True)
class Changes:
    """`cells` are differences to add; `standings`, by member, are the new states of those that changed."""

    cells: dict[CellKey, Counts] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)


def touched_members(replacements: Iterable[Replacement]) -> set[str]:
    """The members whose standings must be at hand to book these replacements."""
    facts = (fact for pair in replacements for fact in pair if fact is not None)
    return {key.member for fact in facts for key in standing_contribution(fact)}


def book(replacements: Iterable[Replacement], standings: Mapping[str, Standing]) -> Changes:
    """Take each old fact's contributions out and put the new one's in; `standings` are those touched that exist."""
    changes = Changes()
    for old, new in replacements:
        for fact, sign in ((old, -1), (new, 1)):
            if fact is not None:
                _book(changes, standings, fact, sign)
    return _with_contributions(changes, standings)


class Recount:
    """Cells and standings counted afresh from facts that come one by one: the sums are held, never the facts."""

    def __init__(self) -> None:
        self._changes = Changes()

    def take(self, fact: Fact) -> None:
        _book(self._changes, {}, fact, 1)

    def result(self) -> Changes:
        """Whatever counts something. Asked once, at the end."""
        fresh = _with_contributions(self._changes, {})
        fresh.standings = {member: standing for member, standing in fresh.standings.items() if standing.shares}
        return fresh


def recount(facts: Iterable[Fact]) -> Changes:
    """All cells and standings, counted afresh."""
    fresh = Recount()
    for fact in facts:
        fresh.take(fact)
    return fresh.result()


def _with_contributions(changes: Changes, before: Mapping[str, Standing]) -> Changes:
    """Count what the changed standings contribute now instead of what they did before."""
    for member, standing in changes.standings.items():
        if member in before:
            add_cells(changes.cells, before[member].contribution(), -1)
        add_cells(changes.cells, standing.contribution())
    changes.cells = counting(changes.cells)
    return changes


def _book(changes: Changes, known: Mapping[str, Standing], fact: Fact, sign: int) -> None:
    add_cells(changes.cells, contribution(fact), sign)
    for key, counts in standing_contribution(fact).items():
        if key.member not in changes.standings:
            before = known.get(key.member)
            changes.standings[key.member] = before.copy() if before else Standing(key.member)
        changes.standings[key.member].add(key.lane, counts, sign)
