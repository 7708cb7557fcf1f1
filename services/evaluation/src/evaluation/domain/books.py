"""Keeping the books: what changes in cells and standings when facts are replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evaluation.domain.contributions import (
    CellKey,
    Counts,
    StandingKey,
    add,
    contribution,
    standing_contribution,
)
from evaluation.domain.facts import Fact
from evaluation.domain.standings import Standing

Replacement = tuple[Fact | None, Fact]


@dataclass(slots=True)
class Changes:
    """`cells` are differences to add; `standings` are the new states of those that changed."""

    cells: dict[CellKey, Counts] = field(default_factory=dict)
    standings: dict[StandingKey, Standing] = field(default_factory=dict)

    def count(self, cells: Mapping[CellKey, Counts], sign: int = 1) -> None:
        for key, counts in cells.items():
            add(self.cells.setdefault(key, {}), counts, sign)


def touched_standings(replacements: Iterable[Replacement]) -> set[StandingKey]:
    """The standings that must be at hand to book these replacements."""
    facts = (fact for pair in replacements for fact in pair if fact is not None)
    return {key for fact in facts for key in standing_contribution(fact)}


def book(replacements: Iterable[Replacement], standings: Mapping[StandingKey, Standing]) -> Changes:
    """Take each old fact's contributions out and put the new one's in; `standings` are those touched that exist."""
    changes = Changes()
    for old, new in replacements:
        for fact, sign in ((old, -1), (new, 1)):
            if fact is not None:
                changes.count(contribution(fact), sign)
                _book_standing(changes, standings, fact, sign)
    return _with_contributions(changes, standings)


class Recount:
    """Cells and standings counted afresh from facts that come one by one: the sums are held, never the facts."""

    def __init__(self) -> None:
        self._changes = Changes()

    def take(self, fact: Fact) -> None:
        self._changes.count(contribution(fact))
        _book_standing(self._changes, {}, fact, 1)

    def result(self) -> Changes:
        """Whatever counts something. Asked once, at the end."""
        fresh = _with_contributions(self._changes, {})
        fresh.standings = {key: standing for key, standing in fresh.standings.items() if standing.counts}
        return fresh


def recount(facts: Iterable[Fact]) -> Changes:
    """All cells and standings, counted afresh."""
    fresh = Recount()
    for fact in facts:
        fresh.take(fact)
    return fresh.result()


def _with_contributions(changes: Changes, before: Mapping[StandingKey, Standing]) -> Changes:
    """Count what the changed standings contribute now instead of what they did before."""
    for key, standing in changes.standings.items():
        if key in before:
            changes.count(before[key].contribution(), -1)
        changes.count(standing.contribution())
    changes.cells = {key: counts for key, counts in changes.cells.items() if counts}
    return changes


def _book_standing(changes: Changes, known: Mapping[StandingKey, Standing], fact: Fact, sign: int) -> None:
    for key, counts in standing_contribution(fact).items():
        if key not in changes.standings:
            before = known.get(key)
            changes.standings[key] = Standing(key, dict(before.counts) if before else {})
        add(changes.standings[key].counts, counts, sign)
