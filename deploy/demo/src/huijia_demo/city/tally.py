"""The counting rules of the bulletin, written once more over the scenario: what a correct city must come out at."""

from collections import Counter
from collections.abc import Callable, Collection

from huijia_demo import figures
from huijia_demo.city.model import Activity, City, Kind, Mode, Organ, OrganKind, Outcome, Presence, Verdict
from huijia_demo.city.officials import SECONDED_RANK
from huijia_demo.city.organs import lasting
from huijia_demo.city.records import ENOUGH_A_YEAR
from huijia_demo.figures import Fraction


def tally(city: City) -> dict[str, Fraction]:
    """Figure id -> value, counted from what happens in the scenario."""
    counts = {figure: rule(city) for figure, rule in RULES.items()}
    return {
        figure.id: Fraction(counts[figure])
        if isinstance(figure, figures.Count)
        else Fraction(counts[figure.numerator], counts[figure.denominator])
        for figure in figures.FIGURES
    }


def _active_lines(city: City) -> int:
    return sum(person.presence is not Presence.LEAVES for person in city.people)


def _registered(city: City) -> int:
    return sum(person.fate.completes for person in city.people)


def _serving(city: City) -> int:
    in_year = Counter(
        record.person
        for record in city.records
        if record.outcome is Outcome.CONFIRMED and record.served_on.year == figures.MEASURED_YEAR
    )
    return sum(in_year[person] >= ENOUGH_A_YEAR for person in city.people if person.fate.completes)


def _communities(city: City) -> int:
    return len({person.community for person in city.people if person.fate.completes})


def _offers(kind: Kind) -> Callable[[City], int]:
    return lambda city: sum(offer.kind is kind for offer in city.offers)


def _post_claims(city: City) -> int:
    return sum(claim.offer.kind is Kind.POST and claim.verdict is Verdict.APPROVED for claim in city.claims)


def _taken(kind: Kind, *verdicts: Verdict) -> Callable[[City], int]:
    """Offers of a kind that has one place, which was granted."""
    return lambda city: len(
        {claim.offer for claim in city.claims if claim.offer.kind is kind and claim.verdict in verdicts}
    )


def _held(counts: Callable[[Activity], bool]) -> Callable[[City], int]:
    return lambda city: sum(one.path[-1] == "HELD" and counts(one) for one in city.activities)


def _solved(city: City) -> int:
    return sum(problem.path[-1] in ("RESOLVED", "CONFIRMED") for problem in city.problems)


def _organs(kind: OrganKind) -> Callable[[City], int]:
    return lambda city: len(lasting(city.organs, kind))


def _in_office(place: type, *ranks: str) -> Callable[[City], int]:
    return lambda city: sum(
        isinstance(one.place, place) and one.rank in ranks and one.ended_on is None for one in city.appointments
    )


def _projects(ends: Collection[str]) -> Callable[[City], int]:
    return lambda city: sum(project.path[-1] in ends for project in city.projects)


def _visits(city: City) -> int:
    return sum(record.outcome is Outcome.CONFIRMED for record in city.records)


RULES: dict[figures.Count, Callable[[City], int]] = {
    figures.ACTIVE_ROSTER_LINES: _active_lines,
    figures.REGISTERED_MEMBERS: _registered,
    figures.SERVING_MEMBERS: _serving,
    figures.COMMUNITIES: _communities,
    figures.GRID_BRANCHES: lambda city: len(set(city.grids)),
    figures.POSTS: _offers(Kind.POST),
    figures.POST_CLAIMS: _post_claims,
    figures.WISHES: _offers(Kind.WISH),
    figures.WISHES_CLAIMED: _taken(Kind.WISH, Verdict.APPROVED),
    figures.PERSON_VISITS: _visits,
    figures.SERVICE_TEAMS: _offers(Kind.TEAM),
    figures.PAIRING_NEEDS: _offers(Kind.PAIRING),
    figures.PAIRS: _taken(Kind.PAIRING, Verdict.APPROVED, Verdict.COMPLETED),
    figures.PROBLEMS_SOLVED: _solved,
    figures.PARTNER_UNITS: lambda city: len(set(city.units)),
    figures.AGREEMENTS: lambda city: len({(unit, unit.community) for unit in city.units}),
    figures.COLLECTIVE_ACTIVITIES: _held(lambda activity: activity.unit is not None),
    figures.PROJECTS_STARTED: _projects(("STARTED", "COMPLETED")),
    figures.PROJECTS_COMPLETED: _projects(("COMPLETED",)),
    figures.SERVICE_POINTS: lambda city: sum(point.path[-1] == "OPEN" for point in city.service_points),
    figures.TEAM_SERVICES: _held(lambda activity: activity.mode is Mode.TEAM),
    figures.THEMED_ACTIVITIES: _held(lambda activity: activity.mode is Mode.THEMED),
    figures.LEADERS: lambda city: len({link.leader for link in city.leader_links if link.ended_on is None}),
    figures.LINKED_COMMUNITIES: lambda city: len({one.community for one in city.leader_links if one.ended_on is None}),
    figures.COMPOUND_ORGANISATIONS: _organs(OrganKind.COMPOUND_ORGANISATION),
    figures.OWNERS_COMMITTEES: _organs(OrganKind.OWNERS_COMMITTEE),
    figures.ENTERPRISE_BRANCHES: _organs(OrganKind.ENTERPRISE_BRANCH),
    figures.SOCIAL_BRANCHES: _organs(OrganKind.SOCIAL_BRANCH),
    figures.GUIDANCE_GROUPS: _organs(OrganKind.GUIDANCE_GROUP),
    figures.FIRST_SECRETARIES: _in_office(str, SECONDED_RANK),
    figures.BUREAU_OFFICIALS: _in_office(Organ, "BUREAU"),
    figures.DIVISION_OFFICIALS: _in_office(Organ, "DIVISION"),
    figures.SECTION_OFFICIALS: _in_office(Organ, "SECTION"),
    figures.FUNDED_COMMUNITIES: lambda city: sum(one.funding >= figures.FUNDING_FLOOR for one in city.profiles),
    figures.NEW_PREMISES: lambda city: sum(one.added_premises for one in city.profiles),
    figures.NEW_FUNDING: lambda city: sum(one.added_funding for one in city.profiles),
}
