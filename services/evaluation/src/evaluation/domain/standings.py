"""What the facts of one lane say about one member, and what follows from it.

A standing's counts are sums over facts, named `line/<division>/<unit>/<since>/<until>`, `registration/...` alike,
`month/<month>` (services) and `year/<year>/services`, `.../hours`, `.../vanguard/<vanguard>`. A member's whole standing
is the sum over lanes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from evaluation.domain.contributions import CellKey, Counts, Place, StandingKey, add, flow
from evaluation.domain.months import AsOf, month_of

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
    key: StandingKey
    counts: Counts = field(default_factory=dict)

    @property
    def lines(self) -> list[Held]:
        """Where and when the member stands or stood on a roster."""
        return self._held("line")

    @property
    def registrations(self) -> list[Held]:
        """Where and when the member is or was registered."""
        return self._held("registration")

    @property
    def months(self) -> dict[str, int]:
        """Confirmed services in this lane by month, in order."""
        return {
            name[6:]: count for name, count in sorted(self.counts.items()) if name.startswith("month/") and count > 0
        }

    @property
    def reached(self) -> dict[int, str]:
        """By year the month in which the services of this lane alone reach the minimum."""
        reached: dict[int, str] = {}
        so_far: dict[int, int] = {}
        for month, count in self.months.items():
            year = int(month[:4])
            so_far[year] = so_far.get(year, 0) + count
            if so_far[year] >= MINIMUM_SERVICES:
                reached.setdefault(year, month)
        return reached

    @property
    def partial(self) -> list[int]:
        """The years with services here that may have to be counted together with those in other lanes.

        A member who since the first of them has been registered here is settled by this standing alone.
        """
        first = {int(month[:4]): month for month in reversed(self.months)}
        settled_since = min((month_of(one.since) for one in self.registrations if one.until == date.max), default="~")
        return sorted(year for year, month in first.items() if settled_since > month)

    def services(self, asked: AsOf) -> int:
        """Confirmed services of the year, as far as they count."""
        return sum(
            count for month, count in self.months.items() if f"{asked.year:04}" <= month <= asked.last_month_of_year
        )

    def contribution(self) -> dict[CellKey, Counts]:
        """The registrations whose member reached the minimum in a year, as flows of `served_<year>`."""
        cells: dict[CellKey, Counts] = {}
        for held in self.registrations:
            place = Place(self.key.lane, held.division, held.unit)
            ends = None if held.until == date.max else month_of(held.until)
            for year, month in self.reached.items():
                flow(cells, place, served(year), 1, max(month, month_of(held.since)), ends)
        return {key: counts for key, counts in cells.items() if counts}

    def _held(self, kind: str) -> list[Held]:
        names = (name.split("/") for name, count in self.counts.items() if count > 0)
        return sorted(
            Held(rest[0], rest[1], date.fromisoformat(rest[2]), date.fromisoformat(rest[3]))
            for head, *rest in names
            if head == kind
        )


def served(year: int) -> str:
    """The counter of those who served at least the minimum in the year."""
    return f"served_{year:04}"


def served_across(standings: Sequence[Standing], asked: AsOf) -> list[Held]:
    """One member's registrations in force that reach the minimum only together with services in other lanes."""
    services = [standing.services(asked) for standing in standings]
    if sum(services) < MINIMUM_SERVICES:
        return []
    return [
        held
        for standing, here in zip(standings, services, strict=True)
        if here < MINIMUM_SERVICES
        for held in standing.registrations
        if held.holds(asked.day)
    ]


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
