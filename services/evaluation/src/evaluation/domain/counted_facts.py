"""Which facts a counter is the sum of: what a figure is explained by."""

from dataclasses import dataclass, field
from datetime import date

from evaluation.domain.facts import Kind
from evaluation.domain.indicators import Basis, Measure

_OFFERED = ("PUBLISHED", "CLOSED")


@dataclass(frozen=True, slots=True)
class Which:
    """Facts of a kind in one of these states, and with these values of other fields."""

    kind: Kind
    statuses: tuple[str, ...] = ()
    fields: dict[str, str | bool] = field(default_factory=dict)


COUNTED_FACTS: dict[str, Which] = {
    "roster_lines": Which(Kind.ROSTER_LINE, ("ACTIVE",)),
    "registered": Which(Kind.REGISTRATION, ("COMPLETED",)),
    # Members who served enough are counted by their standings; the services are what these are made of.
    "served": Which(Kind.SERVICE, ("CONFIRMED",)),
    "grids": Which(Kind.GRID),
    "posts": Which(Kind.OFFER, _OFFERED, {"offer_kind": "POST"}),
    "wishes": Which(Kind.OFFER, _OFFERED, {"offer_kind": "WISH"}),
    "pairings": Which(Kind.OFFER, _OFFERED, {"offer_kind": "PAIRING"}),
    "teams": Which(Kind.OFFER, _OFFERED, {"offer_kind": "TEAM"}),
    "collective_activities": Which(Kind.OFFER, ("HELD",), {"offer_kind": "ACTIVITY", "collective": True}),
    "team_services": Which(Kind.OFFER, ("HELD",), {"offer_kind": "ACTIVITY", "mode": "TEAM"}),
    "themed_activities": Which(Kind.OFFER, ("HELD",), {"offer_kind": "ACTIVITY", "mode": "THEMED"}),
    "post_claims": Which(Kind.CLAIM, ("APPROVED",), {"offer_kind": "POST"}),
    "wish_claims": Which(Kind.CLAIM, ("APPROVED",), {"offer_kind": "WISH"}),
    "pairs": Which(Kind.CLAIM, ("APPROVED", "COMPLETED"), {"offer_kind": "PAIRING"}),
    "services": Which(Kind.SERVICE, ("CONFIRMED",)),
    "hours": Which(Kind.SERVICE, ("CONFIRMED",)),
    "units": Which(Kind.UNIT),
    "agreements": Which(Kind.AGREEMENT, ("ACTIVE",)),
    "problems": Which(Kind.PROBLEM),
    "problems_solved": Which(Kind.PROBLEM, ("RESOLVED", "CONFIRMED")),
    "projects_started": Which(Kind.PROJECT, ("STARTED", "COMPLETED")),
    "projects_completed": Which(Kind.PROJECT, ("COMPLETED",)),
    "service_points": Which(Kind.SERVICE_POINT, ("OPEN",)),
    "compound_organisations": Which(Kind.ORGAN, ("ACTIVE",), {"organ_kind": "COMPOUND_ORGANISATION"}),
    "owners_committees": Which(Kind.ORGAN, ("ACTIVE",), {"organ_kind": "OWNERS_COMMITTEE"}),
    "enterprise_branches": Which(Kind.ORGAN, ("ACTIVE",), {"organ_kind": "ENTERPRISE_BRANCH"}),
    "social_branches": Which(Kind.ORGAN, ("ACTIVE",), {"organ_kind": "SOCIAL_BRANCH"}),
    "guidance_groups": Which(Kind.ORGAN, ("ACTIVE",), {"organ_kind": "GUIDANCE_GROUP"}),
    "leader_links": Which(Kind.LEADER_LINK, ("ACTIVE",)),
}


def days(measure: Measure, year: int) -> tuple[date, date] | None:
    """The first and last day on which things count; None for all days."""
    if measure.basis is Basis.AS_OF_NOW:
        return None
    first = date(year, 1, 1) if measure.basis is Basis.IN_YEAR else date(1, 1, 1)
    return first, date(year, 12, 31)
