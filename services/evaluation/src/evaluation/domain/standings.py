"""What the facts say about one member, and what follows from it.

A standing's counts are sums over the facts of a lane, named `line/<division>/<unit>/<since>/<until>`,
`registration/...` alike, `month/<month>` (services) and `year/<year>/services`, `.../hours`,
`.../vanguard/<vanguard>`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from evaluation.domain.contributions import (
    EVERY_LANE,
    CellKey,
    Counts,
    Place,
    add,
    add_cells,
    counting,
    flow,
)
from evaluation.domain.months import month_of

MINIMUM_SERVICES = 2
STAR_HOURS = (100, 300, 600, 1000, 1500)


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A place on a roster, or a registration, from the day `since` until the day before `until` (date.max: no end)."""

    division: str
    unit: str
    since: date
    until: date = date.max

    def holds(self, day: str) -> bool:
        return self.since.isoformat() <= day < self.until.isoformat()


@dataclass(slots=True)
class Standing:
    """`shares` are the counts of each lane that says something of the member; none is empty."""

    member: str
    shares: dict[str, Counts] = field(default_factory=dict)

    def copy(self) -> "Standing":
        return Standing(self.member, {lane: dict(counts) for lane, counts in self.shares.items()})

    def add(self, lane: str, counts: Counts, sign: int = 1) -> None:
        """Add to the lane's share, in place."""
        share = self.shares.setdefault(lane, {})
        add(share, counts, sign)
        if not share:
            del self.shares[lane]

    @property
    def total(self) -> Counts:
        """Over all lanes."""
        total: Counts = {}
        for counts in self.shares.values():
            add(total, counts)
        return total

    @property
    def lines(self) -> list[Held]:
        """Where and when the member stands or stood on a roster."""
        return sorted(_held(self.total, "line"))

    @property
    def registrations(self) -> list[Held]:
        """Where and when the member is or was registered."""
        return sorted(_held(self.total, "registration"))

    @property
    def reached(self) -> dict[int, str]:
        """By year the month in which the member's services, in whatever lanes, reach the minimum."""
        return _reached(self.total)

    def contribution(self) -> dict[CellKey, Counts]:
        """The registrations whose member reached the minimum in a year, as flows of `served_<year>`.

        What the services of the registration's lane reach counts in its cells, so that a lane's own facts prove them;
        what more is reached with those of other lanes, in EVERY_LANE's.
        """
        cells = self.across()
        for lane, counts in self.shares.items():
            add_cells(cells, _served(lane, counts))
        return counting(cells)

    def across(self) -> dict[CellKey, Counts]:
        """What is reached only by the services of several lanes together: the whole less what each lane reaches."""
        if len(self.shares) < 2:
            return {}
        cells = _served(EVERY_LANE, self.total)
        for counts in self.shares.values():
            add_cells(cells, _served(EVERY_LANE, counts), -1)
        return counting(cells)


def _held(counts: Counts, kind: str) -> Iterator[Held]:
    for name, count in counts.items():
        head, *rest = name.split("/")
        if head == kind and count > 0:
            yield Held(rest[0], rest[1], date.fromisoformat(rest[2]), date.fromisoformat(rest[3]))


def _reached(counts: Counts) -> dict[int, str]:
    reached: dict[int, str] = {}
    so_far: dict[int, int] = {}
    for name in sorted(name for name in counts if name.startswith("month/")):
        month, year = name[6:], int(name[6:10])
        so_far[year] = so_far.get(year, 0) + counts[name]
        if so_far[year] >= MINIMUM_SERVICES:
            reached.setdefault(year, month)
    return reached


def _served(lane: str, counts: Counts) -> dict[CellKey, Counts]:
    cells: dict[CellKey, Counts] = {}
    reached = _reached(counts)
    for held in _held(counts, "registration"):
        ends = None if held.until == date.max else month_of(held.until)
        for year, month in reached.items():
            flow(cells, Place(lane, held.division, held.unit), served(year), 1, max(month, month_of(held.since)), ends)
    return cells


def served(year: int) -> str:
    """The counter of those who served at least the minimum in the year."""
    return f"served_{year:04}"


@dataclass(frozen=True, slots=True)
class YearOfService:
    """A member's year: hours are hundredths; stars come from all hours up to the year's end."""

    services: int
    hours: int
    stars: int
    vanguards: dict[str, int]


def year_of_service(standing: Standing, year: int) -> YearOfService:
    """The member's year, over all lanes."""
    total = {name: count for name, count in standing.total.items() if name.startswith("year/")}
    here = f"year/{year:04}/"
    hours_so_far = sum(total[name] for name in total if name.endswith("/hours") and int(name[5:9]) <= year)
    return YearOfService(
        services=total.get(f"{here}services", 0),
        hours=total.get(f"{here}hours", 0),
        stars=stars(hours_so_far),
        vanguards={
            name.rsplit("/", 1)[1]: total[name] for name in sorted(total) if name.startswith(f"{here}vanguard/")
        },
    )


def stars(hours: int) -> int:
    """Stars for so many hundredths of an hour."""
    return sum(hours >= threshold * 100 for threshold in STAR_HOURS)
