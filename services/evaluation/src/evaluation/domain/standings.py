"""What the facts of one lane say about one member, and what follows from it.

A standing's counts are sums over facts, named `line/<division>/<unit>`, `registration/<community>/<unit>` and
`year/<year>/services`, `.../hours`, `.../vanguard/<vanguard>`. A member's whole standing is the sum over lanes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from evaluation.domain.contributions import EVERY_UNIT, CellKey, Counts, StandingKey, add

MINIMUM_SERVICES = 2
STAR_HOURS = (100, 300, 600, 1000, 1500)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    division: str
    unit: str


@dataclass(slots=True)
class Standing:
    key: StandingKey
    counts: Counts = field(default_factory=dict)

    @property
    def lines(self) -> list[Place]:
        """Where the member stands on an active roster line."""
        return self._places("line")

    @property
    def registrations(self) -> list[Place]:
        """Where the member's registration is completed."""
        return self._places("registration")

    @property
    def services(self) -> dict[int, int]:
        """Confirmed services in this lane by year."""
        return {year: count for year, name, count in self._years() if name == "services"}

    @property
    def served(self) -> list[int]:
        """The years in which the services of this lane alone reach the minimum."""
        return [year for year, services in self.services.items() if services >= MINIMUM_SERVICES]

    @property
    def partial(self) -> list[int]:
        """The years with services here, if the member isn't registered here: they may count together with others.

        A member who serves only where the member is registered is settled by that standing alone.
        """
        return [] if self.registrations else [year for year, services in self.services.items() if services > 0]

    def contribution(self) -> dict[CellKey, Counts]:
        """The registrations whose member served at least the minimum in the year, as counts of cells."""
        cells: dict[CellKey, Counts] = {}
        for place in self.registrations:
            for year in self.served:
                for unit in {place.unit, EVERY_UNIT}:
                    add(cells.setdefault(CellKey(self.key.lane, place.division, unit, f"{year:04}"), {}), {"served": 1})
        return cells

    def _places(self, kind: str) -> list[Place]:
        names = (name.split("/", 2) for name, count in self.counts.items() if count > 0)
        return sorted(Place(rest[0], rest[1]) for head, *rest in names if head == kind)

    def _years(self) -> list[tuple[int, str, int]]:
        names = ((name.split("/", 2), count) for name, count in sorted(self.counts.items()))
        return [(int(parts[1]), parts[2], count) for parts, count in names if parts[0] == "year"]


@dataclass(frozen=True, slots=True)
class YearOfService:
    """A member's year: hours are hundredths; stars come from all hours up to the year's end."""

    services: int
    hours: int
    stars: int
    vanguards: dict[str, int]


def year_of_service(standings: Iterable[Standing], year: int) -> YearOfService:
    """One member's year, summed over the lanes in which the member has a standing."""
    total: Counts = {}
    for standing in standings:
        add(total, {name: count for name, count in standing.counts.items() if name.startswith("year/")})
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
