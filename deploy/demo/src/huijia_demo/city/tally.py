"""The counting rules of the bulletin, written once more over the scenario: what a correct city must come out at."""

from collections import Counter
from collections.abc import Callable

from huijia_demo import figures
from huijia_demo.city.model import City, Kind, Outcome, Presence, Verdict
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


def _wishes_claimed(city: City) -> int:
    granted = (claim for claim in city.claims if claim.verdict is Verdict.APPROVED)
    return len({claim.offer for claim in granted if claim.offer.kind is Kind.WISH})


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
    figures.WISHES_CLAIMED: _wishes_claimed,
    figures.PERSON_VISITS: _visits,
}
