"""What a fact counts as, and from which day to which: the single source of truth of everything that is counted."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from evaluation.domain.facts import MERGED, Fact, Kind, Stay

FUNDING_FLOOR = 130_000
CONFIRM_WITHIN = timedelta(days=7)

COUNTERS = (
    "roster_lines",
    "registered_lines",
    "registrations",
    "registered",
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
    "services_moved",
    "hours_moved",
    "confirmations",
    "timely_confirmations",
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
    "divisions",
    "model_resident",
    "opinion_gathering",
    "policy_outreach",
    "mediation",
    "volunteering",
)

# Of facts that say of which unit they are; the others belong to places alone.
OF_UNITS = frozenset(
    (
        *("roster_lines", "registered_lines", "registrations", "registered", "served"),
        *("post_claims", "wish_claims", "pairs", "services", "hours", "services_moved", "hours_moved"),
        *("confirmations", "timely_confirmations"),
        *("units", "agreements", "projects_started", "projects_completed"),
        *("model_resident", "opinion_gathering", "policy_outreach", "mediation", "volunteering"),
    )
)


@dataclass(frozen=True, slots=True)
class Span:
    """The counter counts `amount` from the day `since`, and no longer on the day `until`.

    `division` is where, if it isn't the fact's own.
    """

    counter: str
    since: date
    until: date | None = None
    amount: int = 1
    division: str = ""


def spans(fact: Fact) -> list[Span]:
    """None for a fact that was never in a state that counts."""
    rule = _RULES.get(fact.kind)
    return [span for span in rule(fact) if span.until is None or span.since < span.until] if rule else []


def by_place(fact: Fact, counted: Sequence[Span]) -> Sequence[Span]:
    """The same, cut on the days on which another place took the fact over: until then it counts in the earlier one."""
    if not fact.earlier:
        return counted
    return [part for span in counted for part in ([span] if span.division else _cut(span, fact.earlier))]


def _cut(span: Span, stays: Iterable[Stay]) -> Iterator[Span]:
    since = span.since
    for stay in stays:
        left = min(stay.until, span.until or date.max)
        if since < left:
            yield replace(span, since=since, until=left, division=stay.division)
            since = left
    if span.until is None or since < span.until:
        yield replace(span, since=since)


def _always(fact: Fact, *counters: str) -> list[Span]:
    return [Span(counter, fact.on) for counter in counters]


def _once(counter: str, *statuses: str) -> Callable[[Fact], list[Span]]:
    """It counts for good while its state is one of these."""
    return lambda fact: _always(fact, counter) if not statuses or fact.status in statuses else []


def _lasting(counter: str, status: str, over: str) -> Callable[[Fact], list[Span]]:
    """It counts in this state, and did until the day on which it went over into the other."""
    return lambda fact: [Span(counter, fact.on, fact.until)] if _held(fact, status, over) else []


def _held(fact: Fact, status: str, *over: str) -> bool:
    return fact.status == status or (fact.status in over and fact.until is not None)


_IN_FORCE = ("SUBMITTED", "CERTIFIED", "COMPLETED")


def _registration(fact: Fact) -> list[Span]:
    """In force, it counts in its community, and while its member is on a roster where the unit sits."""
    begun = min(fact.on, fact.days.get("submitted", fact.on))
    handed_in = [Span("registrations", begun, fact.until)] if fact.until or fact.status in _IN_FORCE else []
    if not _held(fact, "COMPLETED", "ENDED"):
        return handed_in
    since = max(fact.on, fact.days.get("on_roster_since", fact.on))
    until = _first(fact.until, fact.days.get("left_roster"))
    line = [Span("registered_lines", since, until, division=fact.home)] if fact.home else []
    return [*handed_in, Span("registered", fact.on, fact.until), *line]


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


_OFFERS = {"POST": "posts", "WISH": "wishes", "PAIRING": "pairings", "TEAM": "teams"}
_MODES = {"TEAM": "team_services", "THEMED": "themed_activities"}
_CLAIMS = {"POST": "post_claims", "WISH": "wish_claims", "PAIRING": "pairs"}
_NEVER_APPROVED = ("PENDING", "DECLINED")


def _offer(fact: Fact) -> list[Span]:
    if fact.offer_kind == "ACTIVITY":
        return _activity(fact)
    counter = _OFFERS.get(fact.offer_kind)
    return _always(fact, counter) if counter and fact.status in ("PUBLISHED", "CLOSED") else []


def _activity(fact: Fact) -> list[Span]:
    if fact.status != "HELD":
        return []
    mode = _MODES.get(fact.mode)
    return _always(fact, *([mode] if mode else []), *(["collective_activities"] if fact.collective else []))


def _claim(fact: Fact) -> list[Span]:
    """Approved, it counts until it is given up; what was completed goes on counting."""
    counter = _CLAIMS.get(fact.offer_kind)
    if counter is None or fact.status in _NEVER_APPROVED:
        return []
    if fact.status in ("APPROVED", "COMPLETED"):
        return _always(fact, counter)
    return [Span(counter, fact.on, fact.until)] if fact.until else []


_VANGUARDS = ("MODEL_RESIDENT", "OPINION_GATHERING", "POLICY_OUTREACH", "MEDIATION", "VOLUNTEERING")


def _service(fact: Fact) -> list[Span]:
    if fact.status != "CONFIRMED":
        return []
    vanguard = [Span(fact.vanguard.lower(), fact.on)] if fact.vanguard in _VANGUARDS else []
    served = [Span("services", fact.on), Span("hours", fact.on, amount=fact.hours)]
    moved = [part for span in served for part in _moved(fact, span)]
    return [*served, *vanguard, *_confirmation(fact), *moved]


def moved(counter: str) -> str:
    """The counter of what another place took over in a later year: the flow of a year less this is of the year."""
    return f"{counter}_moved"


def _moved(fact: Fact, span: Span) -> Iterator[Span]:
    """Out of the place that had it and into the one that took it over, where that was in a later year."""
    for had, has in pairwise(_cut(span, fact.earlier)):
        if has.since.year != span.since.year:
            left = Span(moved(span.counter), has.since, amount=-span.amount, division=had.division)
            yield from (left, replace(left, amount=span.amount, division=has.division or fact.division))


def _confirmation(fact: Fact) -> list[Span]:
    """By the day of the confirmation, where it is known."""
    confirmed = fact.days.get("confirmed")
    if confirmed is None:
        return []
    timely = [Span("timely_confirmations", confirmed)] if confirmed - fact.on <= CONFIRM_WITHIN else []
    return [Span("confirmations", confirmed), *timely]


def _problem(fact: Fact) -> list[Span]:
    solved = fact.status in ("RESOLVED", "CONFIRMED")
    return [
        Span("problems", fact.on),
        *([Span("problems_solved", fact.days.get("resolved", fact.on))] if solved else []),
    ]


def _project(fact: Fact) -> list[Span]:
    """One that was completed was started before."""
    started = fact.days.get("started", fact.on)
    begun = [Span("projects_started", started)] if fact.status in ("STARTED", "COMPLETED") else []
    done = [Span("projects_completed", fact.days.get("completed", started))] if fact.status == "COMPLETED" else []
    return [*begun, *done]


_ORGANS = {
    "COMPOUND_ORGANISATION": "compound_organisations",
    "OWNERS_COMMITTEE": "owners_committees",
    "ENTERPRISE_BRANCH": "enterprise_branches",
    "SOCIAL_BRANCH": "social_branches",
    "GUIDANCE_GROUP": "guidance_groups",
}
_COMPOUND_ORGANS = ("COMPOUND_ORGANISATION", "OWNERS_COMMITTEE")
_OFFICIALS = {"BUREAU": "bureau_officials", "DIVISION": "division_officials", "SECTION": "section_officials"}


def _organ(fact: Fact) -> list[Span]:
    counter = _ORGANS.get(fact.organ_kind)
    return [Span(counter, fact.on, fact.until)] if counter and _held(fact, "ACTIVE", "ENDED") else []


def _appointment(fact: Fact) -> list[Span]:
    """A first secretary is seconded to a community, whatever the rank; an official serves in a compound."""
    if fact.role == "FIRST_SECRETARY":
        counter: str | None = "first_secretaries"
    else:
        counter = _OFFICIALS.get(fact.rank) if fact.organ_kind in _COMPOUND_ORGANS else None
    return [Span(counter, fact.on, fact.until)] if counter and _held(fact, "ACTIVE", "ENDED") else []


def _division(fact: Fact) -> list[Span]:
    """A community counts while its code is valid; one without a date was always there."""
    return [Span("divisions", fact.days.get("valid_from", date.min), fact.until)] if fact.status == "COMMUNITY" else []


def _profile(fact: Fact) -> list[Span]:
    """Until its community was taken over: since then whoever took over has what it had."""
    counted = {
        "profiles": 1,
        "funded_communities": int(fact.amounts["funding"] >= FUNDING_FLOOR),
        "new_premises": fact.amounts["added_premises"],
        "new_funding": fact.amounts["added_funding"],
    }
    return [Span(counter, fact.on, fact.until, amount) for counter, amount in counted.items() if amount]


_RULES: dict[Kind, Callable[[Fact], Iterable[Span]]] = {
    Kind.ROSTER_LINE: _lasting("roster_lines", "ACTIVE", "LEFT"),
    Kind.REGISTRATION: _registration,
    Kind.GRID: _once("grids"),
    Kind.OFFER: _offer,
    Kind.CLAIM: _claim,
    Kind.SERVICE: _service,
    Kind.DIVISION: _division,
    Kind.UNIT: lambda fact: [] if fact.status == MERGED else _always(fact, "units"),
    Kind.AGREEMENT: _lasting("agreements", "ACTIVE", "ENDED"),
    Kind.PROBLEM: _problem,
    Kind.PROJECT: _project,
    Kind.ORGAN: _organ,
    Kind.LEADER_LINK: _lasting("leader_links", "ACTIVE", "ENDED"),
    Kind.SERVICE_POINT: _lasting("service_points", "OPEN", "CLOSED"),
    Kind.APPOINTMENT: _appointment,
    Kind.PROFILE: _profile,
}
