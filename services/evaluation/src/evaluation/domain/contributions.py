"""What a fact contributes: the single source of truth of everything that is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evaluation.domain.facts import Fact, Kind

Counts = dict[str, int]

EVERY_UNIT = "*"
EVERY_UNIT_BY_MONTH = "*m"

COUNTERS = (
    "roster_lines",
    "registered",
    "served",
    "grids",
    "posts",
    "wishes",
    "pairings",
    "teams",
    "collective_activities",
    "team_services",
    "themed_activities",
    "post_claims",
    "wish_claims",
    "pairs",
    "services",
    "hours",
    "units",
    "agreements",
    "problems",
    "problems_solved",
    "projects_started",
    "projects_completed",
    "service_points",
    "compound_organisations",
    "owners_committees",
    "enterprise_branches",
    "social_branches",
    "guidance_groups",
    "leader_links",
    "bureau_officials",
    "division_officials",
    "section_officials",
    "first_secretaries",
    "profiles",
    "funded_communities",
    "new_premises",
    "new_funding",
)

FUNDING_FLOOR = 130_000


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """A cell of the count; `period` is a month (`2017-03`) or a year (`2017`).

    Each count goes into the cell of its unit and month, and into the yearly cell (`unit` is EVERY_UNIT) and the monthly
    one (EVERY_UNIT_BY_MONTH) of all units together, so that a city is read from a few hundred cells however many facts
    there are. What counts by the year goes into yearly cells only.
    """

    lane: str
    division: str
    unit: str
    period: str


@dataclass(frozen=True, slots=True, order=True)
class StandingKey:
    lane: str
    member: str


def counters(fact: Fact) -> Counts:
    """What the fact counts as in its cells; nothing while its state isn't one that counts."""
    rule = _COUNTED.get(fact.kind)
    return rule(fact) if rule else {}


def contribution(fact: Fact) -> dict[CellKey, Counts]:
    """The counts this fact adds to each cell."""
    counted = counters(fact)
    if not counted:
        return {}
    year = f"{fact.on.year:04}"
    month = f"{year}-{fact.on.month:02}"
    return {
        CellKey(fact.lane, fact.division, fact.unit, month): counted,
        CellKey(fact.lane, fact.division, EVERY_UNIT_BY_MONTH, month): dict(counted),
        CellKey(fact.lane, fact.division, EVERY_UNIT, year): dict(counted),
    }


def standing_contribution(fact: Fact) -> dict[StandingKey, Counts]:
    """The counts this fact adds to its member's standing in its lane (see `standings`)."""
    if not fact.member or not counters(fact):
        return {}
    counted = _STANDING.get(fact.kind)
    return {StandingKey(fact.lane, fact.member): counted(fact)} if counted else {}


def add(total: Counts, counts: Mapping[str, int], sign: int = 1) -> None:
    """Add the counts to the total in place; a counter that comes to zero is dropped."""
    for name, count in counts.items():
        value = total.get(name, 0) + sign * count
        if value:
            total[name] = value
        else:
            total.pop(name, None)


def _when(*statuses: str, count: str) -> Callable[[Fact], Counts]:
    return lambda fact: {count: 1} if fact.status in statuses else {}


def _offer(fact: Fact) -> Counts:
    if fact.offer_kind == "ACTIVITY":
        return _activity(fact)
    name = {"POST": "posts", "WISH": "wishes", "PAIRING": "pairings", "TEAM": "teams"}.get(fact.offer_kind)
    return {name: 1} if name and fact.status in ("PUBLISHED", "CLOSED") else {}


def _activity(fact: Fact) -> Counts:
    if fact.status != "HELD":
        return {}
    name = {"TEAM": "team_services", "THEMED": "themed_activities"}.get(fact.mode)
    return ({name: 1} if name else {}) | ({"collective_activities": 1} if fact.collective else {})


def _claim(fact: Fact) -> Counts:
    if fact.offer_kind == "PAIRING":
        return {"pairs": 1} if fact.status in ("APPROVED", "COMPLETED") else {}
    name = {"POST": "post_claims", "WISH": "wish_claims"}.get(fact.offer_kind)
    return {name: 1} if name and fact.status == "APPROVED" else {}


def _service(fact: Fact) -> Counts:
    return {"services": 1, "hours": fact.hours} if fact.status == "CONFIRMED" else {}


def _problem(fact: Fact) -> Counts:
    return {"problems": 1} | ({"problems_solved": 1} if fact.status in ("RESOLVED", "CONFIRMED") else {})


def _project(fact: Fact) -> Counts:
    """One that was completed was started before."""
    started = {"projects_started": 1} if fact.status in ("STARTED", "COMPLETED") else {}
    return started | ({"projects_completed": 1} if fact.status == "COMPLETED" else {})


_ORGANS = {
    "COMPOUND_ORGANISATION": "compound_organisations",
    "OWNERS_COMMITTEE": "owners_committees",
    "ENTERPRISE_BRANCH": "enterprise_branches",
    "SOCIAL_BRANCH": "social_branches",
    "GUIDANCE_GROUP": "guidance_groups",
}


def _organ(fact: Fact) -> Counts:
    name = _ORGANS.get(fact.organ_kind)
    return {name: 1} if name and fact.status == "ACTIVE" else {}


_COMPOUND_ORGANS = ("COMPOUND_ORGANISATION", "OWNERS_COMMITTEE")
_OFFICIALS = {"BUREAU": "bureau_officials", "DIVISION": "division_officials", "SECTION": "section_officials"}


def _appointment(fact: Fact) -> Counts:
    """A first secretary is seconded to a community, whatever the rank; an official serves in a compound."""
    if fact.status != "ACTIVE":
        return {}
    if fact.role == "FIRST_SECRETARY":
        return {"first_secretaries": 1}
    name = _OFFICIALS.get(fact.rank) if fact.organ_kind in _COMPOUND_ORGANS else None
    return {name: 1} if name else {}


def _profile(fact: Fact) -> Counts:
    told = {"new_premises": fact.amounts["added_premises"], "new_funding": fact.amounts["added_funding"]}
    funded = {"funded_communities": 1} if fact.amounts["funding"] >= FUNDING_FLOOR else {}
    return {"profiles": 1} | funded | {name: amount for name, amount in told.items() if amount}


_COUNTED: dict[Kind, Callable[[Fact], Counts]] = {
    Kind.ROSTER_LINE: _when("ACTIVE", count="roster_lines"),
    Kind.REGISTRATION: _when("COMPLETED", count="registered"),
    Kind.GRID: lambda fact: {"grids": 1},
    Kind.OFFER: _offer,
    Kind.CLAIM: _claim,
    Kind.SERVICE: _service,
    Kind.UNIT: lambda fact: {} if fact.status == "MERGED" else {"units": 1},
    Kind.AGREEMENT: _when("ACTIVE", count="agreements"),
    Kind.PROBLEM: _problem,
    Kind.PROJECT: _project,
    Kind.ORGAN: _organ,
    Kind.LEADER_LINK: _when("ACTIVE", count="leader_links"),
    Kind.SERVICE_POINT: _when("OPEN", count="service_points"),
    Kind.APPOINTMENT: _appointment,
    Kind.PROFILE: _profile,
}


def _service_of_member(fact: Fact) -> Counts:
    year = f"year/{fact.on.year:04}"
    counted = {f"{year}/services": 1, f"{year}/hours": fact.hours}
    return counted | {f"{year}/vanguard/{fact.vanguard}": 1} if fact.vanguard else counted


_STANDING: dict[Kind, Callable[[Fact], Counts]] = {
    Kind.ROSTER_LINE: lambda fact: {f"line/{fact.division}/{fact.unit}": 1},
    Kind.REGISTRATION: lambda fact: {f"registration/{fact.division}/{fact.unit}": 1},
    Kind.SERVICE: _service_of_member,
}
