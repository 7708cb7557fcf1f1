"""Indicators: what is measured, declared as data, and how a value is made of counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, StrEnum
from typing import Literal

from evaluation.domain.contributions import Counts

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


class Basis(StrEnum):
    """Which counts are taken, by the year they fell in."""

    AS_OF_NOW = "AS_OF_NOW"
    UP_TO_YEAR = "UP_TO_YEAR"
    IN_YEAR = "IN_YEAR"


class Direction(StrEnum):
    HIGHER_IS_BETTER = "HIGHER_IS_BETTER"
    LOWER_IS_BETTER = "LOWER_IS_BETTER"
    NONE = "NONE"


class Residual(StrEnum):
    """The list of those who are missing from a rate."""

    NOT_REGISTERED = "NOT_REGISTERED"
    SERVED_TOO_LITTLE = "SERVED_TOO_LITTLE"


@dataclass(frozen=True, slots=True)
class Text:
    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Measure:
    """The sum of a counter, or with `places` the number of divisions in which it is above zero."""

    counter: str
    basis: Basis = Basis.AS_OF_NOW
    places: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    id: IndicatorId
    name: Text
    rule: Text
    unit: Text
    numerator: Measure
    denominator: Measure | None = None
    direction: Direction = Direction.HIGHER_IS_BETTER
    residual: Residual | None = None


@dataclass(frozen=True, slots=True)
class YearCounts:
    """The counts of one division in one year, over all its lanes and units."""

    division: str
    year: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Value:
    """`value` is the count, or the rate in percent with two places; None for a rate of nothing."""

    indicator: Indicator
    numerator: int
    denominator: int | None
    value: Decimal | None


def evaluate(indicator: Indicator, counted: Iterable[YearCounts], year: int) -> Value:
    """The indicator's value for the year, from the counts of every division in the scope."""
    rows = list(counted)
    numerator = measure(indicator.numerator, rows, year)
    if indicator.denominator is None:
        return Value(indicator, numerator, None, Decimal(numerator))
    denominator = measure(indicator.denominator, rows, year)
    return Value(indicator, numerator, denominator, rate(numerator, denominator))


def measure(measure: Measure, rows: Iterable[YearCounts], year: int) -> int:
    by_division: Counts = {}
    for row in rows:
        if _taken(measure.basis, row.year, year):
            by_division[row.division] = by_division.get(row.division, 0) + row.counts.get(measure.counter, 0)
    if measure.places:
        return sum(count > 0 for count in by_division.values())
    return sum(by_division.values())


def rate(numerator: int, denominator: int) -> Decimal | None:
    """Percent, rounded half up to two places; None when there is nothing to be a part of."""
    if denominator == 0:
        return None
    return (Decimal(numerator) * 100 / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)


def days(measure: Measure, year: int) -> tuple[date, date] | None:
    """The first and last day on which things count; None for all days."""
    if measure.basis is Basis.AS_OF_NOW:
        return None
    first = date(year, 1, 1) if measure.basis is Basis.IN_YEAR else date.min
    return first, date(year, 12, 31)


def _taken(basis: Basis, counted_in: int, year: int) -> bool:
    if basis is Basis.IN_YEAR:
        return counted_in == year
    return basis is Basis.AS_OF_NOW or counted_in <= year
