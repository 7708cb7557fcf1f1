"""What a fact adds to cells and standings.

A cell's counts are flows: what began to count in its month, less what ceased to. So the state at the end of any month
is the sum of all months up to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from evaluation.domain.facts import Fact, Kind
from evaluation.domain.months import month_of
from evaluation.domain.spans import Span, by_place, spans

Counts = dict[str, int]

EVERY_UNIT = "*"
EVERY_UNIT_BY_MONTH = "*m"
EVERY_LANE = "*"


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """A cell of the count; `period` is a month (`2017-03`) or a year (`2017`).

    Each count goes into the cell of its unit and month, and into the yearly cell (`unit` is EVERY_UNIT) and the monthly
    one (EVERY_UNIT_BY_MONTH) of all units together, so that a city is read from a few hundred cells however many facts
    there are. In EVERY_LANE counts what is so only of all lanes together (see `standings`).
    """

    lane: str
    division: str
    unit: str
    period: str


@dataclass(frozen=True, slots=True, order=True)
class StandingKey:
    lane: str
    member: str


@dataclass(frozen=True, slots=True, order=True)
class FactKey:
    """`fact` is the key in the ledger."""

    lane: str
    fact: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something counts."""

    lane: str
    division: str
    unit: str


def contribution(fact: Fact) -> dict[CellKey, Counts]:
    """The counts this fact adds to each cell."""
    cells: dict[CellKey, Counts] = {}
    for span in by_place(fact, spans(fact)):
        place = Place(fact.lane, span.division or fact.division, fact.unit)
        ends = month_of(span.until) if span.until else None
        flow(cells, place, span.counter, span.amount, month_of(span.since), ends)
    return counting(cells)


def flow(cells: dict[CellKey, Counts], place: Place, counter: str, amount: int, begins: str, ends: str | None) -> None:
    """Count in from the month `begins`, and out again from the month `ends`; what ends as it begins never counted."""
    if ends is not None and ends <= begins:
        return
    _add_to_cells(cells, place, begins, {counter: amount})
    if ends is not None:
        _add_to_cells(cells, place, ends, {counter: -amount})


def standing_contribution(fact: Fact) -> dict[StandingKey, Counts]:
    """The counts this fact adds to its member's standing in its lane (see `standings`)."""
    name = _STANDING.get(fact.kind)
    if not fact.member or name is None:
        return {}
    rule, counter = name
    counted: Counts = {}
    for span in spans(fact):
        if span.counter == counter:
            add(counted, rule(fact, span))
    return {StandingKey(fact.lane, fact.member): counted} if counted else {}


def add(total: Counts, counts: Mapping[str, int], sign: int = 1) -> None:
    """Add the counts to the total in place; a counter that comes to zero is dropped."""
    for name, count in counts.items():
        value = total.get(name, 0) + sign * count
        if value:
            total[name] = value
        else:
            total.pop(name, None)


def add_cells(total: dict[CellKey, Counts], cells: Mapping[CellKey, Counts], sign: int = 1) -> None:
    """Add the cells to the total in place."""
    for key, counts in cells.items():
        add(total.setdefault(key, {}), counts, sign)


def counting(cells: Mapping[CellKey, Counts]) -> dict[CellKey, Counts]:
    """Those that count something."""
    return {key: counts for key, counts in cells.items() if counts}


def _add_to_cells(cells: dict[CellKey, Counts], place: Place, month: str, counts: Counts) -> None:
    for unit, period in ((place.unit, month), (EVERY_UNIT_BY_MONTH, month), (EVERY_UNIT, month[:4])):
        add(cells.setdefault(CellKey(place.lane, place.division, unit, period), {}), counts)


def _place_of_member(kind: str) -> Callable[[Fact, Span], Counts]:
    return lambda fact, span: {f"{kind}/{fact.division}/{fact.unit}/{span.since}/{span.until or date.max}": 1}


def _service_of_member(fact: Fact, span: Span) -> Counts:
    year = f"year/{fact.on.year:04}"
    counted = {f"month/{month_of(fact.on)}": 1, f"{year}/services": 1, f"{year}/hours": fact.hours}
    return counted | {f"{year}/vanguard/{fact.vanguard}": 1} if fact.vanguard else counted


_STANDING: dict[Kind, tuple[Callable[[Fact, Span], Counts], str]] = {
    Kind.ROSTER_LINE: (_place_of_member("line"), "roster_lines"),
    Kind.REGISTRATION: (_place_of_member("registration"), "registered"),
    Kind.SERVICE: (_service_of_member, "services"),
}
