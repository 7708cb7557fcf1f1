"""What the walk finds: places of the operation, the ways to arrive there, and the needs that ways must meet."""

from dataclasses import dataclass

from graphql import SelectionSetNode

from gateway.planner.fetches import Path, Reading, Slot, StoredField
from gateway.planner.graph import Entry

MAX_STEPS = 25_000
"""Of about 20 us; an operation of 1,500 fields over the city takes 4,300."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The objects at a response path whose type is one of `types`, which every subgraph answers alike."""

    path: Path
    declared: str
    types: tuple[str, ...]
    abstract: bool
    narrowed: frozenset[str] | None

    @property
    def type_name(self) -> str:
        return self.types[0]


@dataclass(slots=True, eq=False)
class Arrival:
    """A way to be at a place in a subgraph: by the root, by a field of `parent`, or by an `entry` with `inputs`.

    `typed` says whether the subgraph can tell the objects' type names; `provided` are `@provides` selections.
    """

    place: Place
    subgraph: str
    static: str
    typed: bool = True
    provided: tuple[SelectionSetNode, ...] = ()
    parent: "Arrival | None" = None
    stored: StoredField | None = None
    entry: Entry | None = None
    inputs: "Inputs | None" = None
    slot: Slot | None = None


@dataclass(slots=True, eq=False)
class Need:
    """A leaf that one of `options` must fetch."""

    place: Place
    stored: StoredField
    options: list[Arrival]


@dataclass(slots=True, eq=False)
class Inputs:
    """What must be fetched before a subgraph can be entered, and how representations are read from it."""

    needs: list[Need]
    readings: tuple[Reading, ...]
    keys: frozenset[str]
    read_typename: bool


class Unreachable(Exception):
    """No subgraph answers this field here."""


class PlanTooComplex(Exception):
    """Planning was stopped after its limit of steps."""


class Steps:
    """What one plan may take: where types are told apart, a short operation may have places without number."""

    def __init__(self, most: int = MAX_STEPS) -> None:
        self._left = most

    def take(self, count: int = 1) -> None:
        self._left -= count
        if self._left < 0:
            raise PlanTooComplex
