"""Indicators: what is measured, declared as data, and how a value is made of counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, StrEnum
from typing import Literal

from evaluation.domain.contributions import Counts, add
from evaluation.domain.spans import OF_UNITS, moved
from evaluation.domain.standings import served

Language = Literal["zh", "en"]


class IndicatorId(Enum):
    """The figures of this house. In the graph and in files they go by these names."""

    active_roster_lines = "active_roster_lines"
    registered_members = "registered_members"
    registration_rate = "registration_rate"
    service_rate = "service_rate"
    communities = "communities"
    grid_branches = "grid_branches"
    posts = "posts"
    post_claims = "post_claims"
    wishes = "wishes"
    wishes_claimed = "wishes_claimed"
    pairing_needs = "pairing_needs"
    pairs = "pairs"
    service_teams = "service_teams"
    partner_units = "partner_units"
    agreements = "agreements"
    collective_activities = "collective_activities"
    team_services = "team_services"
    themed_activities = "themed_activities"
    problems = "problems"
    problems_solved = "problems_solved"
    projects_started = "projects_started"
    projects_completed = "projects_completed"
    service_points = "service_points"
    compound_organisations = "compound_organisations"
    owners_committees = "owners_committees"
    enterprise_branches = "enterprise_branches"
    social_branches = "social_branches"
    guidance_groups = "guidance_groups"
    leader_links = "leader_links"
    linked_communities = "linked_communities"
    bureau_officials = "bureau_officials"
    division_officials = "division_officials"
    section_officials = "section_officials"
    first_secretaries = "first_secretaries"
    new_premises = "new_premises"
    new_funding = "new_funding"
    funded_communities = "funded_communities"
    person_visits = "person_visits"
    wish_fulfilment = "wish_fulfilment"
    pairing_coverage = "pairing_coverage"
    projects_done = "projects_done"
    agreement_coverage = "agreement_coverage"
    leader_coverage = "leader_coverage"
    branch_coverage = "branch_coverage"
    confirmed_in_time = "confirmed_in_time"
    service_hours = "service_hours"
    model_resident_services = "model_resident_services"
    opinion_gathering_services = "opinion_gathering_services"
    policy_outreach_services = "policy_outreach_services"
    mediation_services = "mediation_services"
    volunteering_services = "volunteering_services"


class Basis(StrEnum):
    """UP_TO: all that counts at the day asked. IN_YEAR: what came in the year asked, and wasn't only taken over in it.
    OF_YEAR: UP_TO, of a counter that there is for each year.
    """

    UP_TO = "UP_TO"
    IN_YEAR = "IN_YEAR"
    OF_YEAR = "OF_YEAR"


class Direction(StrEnum):
    """Whether more of it is better; what should become less is measured by its complement (`confirmed_in_time`)."""

    HIGHER_IS_BETTER = "HIGHER_IS_BETTER"
    NONE = "NONE"


class Residual(StrEnum):
    """The list of what is missing from a rate: exactly what its denominator counts and its numerator doesn't.

    The first two name members. NOT_COUNTED: facts; NOT_CLAIMED: offers without a claim that counts; NOT_COVERED:
    communities.
    """

    NOT_REGISTERED = "NOT_REGISTERED"
    SERVED_TOO_LITTLE = "SERVED_TOO_LITTLE"
    NOT_COUNTED = "NOT_COUNTED"
    NOT_CLAIMED = "NOT_CLAIMED"
    NOT_COVERED = "NOT_COVERED"

    @property
    def of_members(self) -> bool:
        return self in (Residual.NOT_REGISTERED, Residual.SERVED_TOO_LITTLE)


@dataclass(frozen=True, slots=True)
class Text:
    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Measure:
    """The sum of a counter, or with `places` the number of divisions in which it is above zero (and `among`, too)."""

    counter: str
    basis: Basis = Basis.UP_TO
    places: bool = False
    among: str = ""

    def name(self, year: int) -> str:
        """The counter's, for the year asked."""
        return served(year) if self.basis is Basis.OF_YEAR else self.counter

    @property
    def of_units(self) -> bool:
        """Whether it is counted for units, too, and not only for places."""
        return self.counter in OF_UNITS and not self.places


@dataclass(frozen=True, slots=True)
class Indicator:
    """The counter of a count may be in `parts` of the unit: hours are counted in hundredths."""

    id: IndicatorId
    name: Text
    rule: Text
    unit: Text
    numerator: Measure
    denominator: Measure | None = None
    direction: Direction = Direction.HIGHER_IS_BETTER
    residual: Residual | None = None
    parts: int = 1

    @property
    def of_units(self) -> bool:
        """Whether units and lines have it, too."""
        return self.numerator.of_units and (self.denominator is None or self.denominator.of_units)


@dataclass(frozen=True, slots=True)
class YearCounts:
    """What began to count in one division in one year, less what ceased to, over all its lanes."""

    division: str
    year: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """What began to count in one division in one month (`2017-03`), less what ceased to, over all its lanes."""

    division: str
    month: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Value:
    """`value` is the count, or the rate in percent with two places.

    It is None for a rate of nothing, and of units for what only places have.
    """

    indicator: Indicator
    numerator: int
    denominator: int | None
    value: Decimal | None


def by_month(flows: Iterable[MonthCounts]) -> dict[str, Counts]:
    """Over all divisions, in the order of the months."""
    months: dict[str, Counts] = {}
    for flow in flows:
        add(months.setdefault(flow.month, {}), flow.counts)
    return dict(sorted(months.items()))


def evaluate(indicator: Indicator, counted: Iterable[YearCounts], year: int, *, of_units: bool = False) -> Value:
    """The indicator's value, from the counts of every division in the scope, up to the day asked.

    Of units, what only places have has no value: that it isn't counted doesn't make it 0.
    """
    rows = list(counted)
    numerator = measure(indicator.numerator, rows, year)
    denominator = measure(indicator.denominator, rows, year) if indicator.denominator else None
    if of_units and not indicator.of_units:
        return Value(indicator, numerator, denominator, None)
    if denominator is None:
        return Value(indicator, numerator, None, Decimal(numerator) / indicator.parts)
    return Value(indicator, numerator, denominator, rate(numerator, denominator))


def measure(measure: Measure, rows: Iterable[YearCounts], year: int) -> int:
    if measure.places:
        return len(places(measure, rows))
    name = measure.name(year)
    if measure.basis is not Basis.IN_YEAR:
        return sum(row.counts.get(name, 0) for row in rows)
    return sum(row.counts.get(name, 0) - row.counts.get(moved(name), 0) for row in rows if row.year == year)


def places(measure: Measure, rows: Iterable[YearCounts]) -> set[str]:
    """The divisions in which the counter, and the one it is among, are above zero."""
    by_division: dict[str, Counts] = {}
    for row in rows:
        add(by_division.setdefault(row.division, {}), row.counts)
    needed = [measure.counter, *([measure.among] if measure.among else [])]
    return {code for code, counts in by_division.items() if all(counts.get(name, 0) > 0 for name in needed)}


def uncovered(indicator: Indicator, counted: Iterable[YearCounts]) -> list[str]:
    """The divisions that are missing from a coverage, by their codes."""
    assert indicator.denominator is not None, "a coverage has a denominator"
    rows = list(counted)
    return sorted(places(indicator.denominator, rows) - places(indicator.numerator, rows))


def rate(numerator: int, denominator: int) -> Decimal | None:
    """Percent, rounded half up to two places; None when there is nothing to be a part of."""
    if denominator == 0:
        return None
    return (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
