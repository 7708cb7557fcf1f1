"""Leaders who look after communities, officials who serve in compounds, and what communities have to work with."""

from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice

from huijia_demo.city.chance import day_between, shares, stream, uneven
from huijia_demo.city.model import Appointment, LeaderLink, Organ, Person, Profile
from huijia_demo.figures import FUNDING_FLOOR as FLOOR

SINCE = (date(2015, 10, 1), date(2016, 12, 31))
MOVED_ON = date(2017, 5, 1)
ONE_MOVED_IN = 20
ONE_LEFT_IN = 40
SECONDED_RANK = "SECTION"
STAFF = (6, 14)
OLD_PREMISES = (150, 600)


def leader_links(leaders: int, linked: int, people: list[Person], communities: list[str]) -> list[LeaderLink]:
    """One link in force a leader, in `linked` communities; some leaders looked after another community before."""
    chance = stream("leaders")
    chosen = chance.sample(people, leaders)
    now = [
        LeaderLink(leader, communities[i % linked], day_between(chance, *SINCE), None)
        for i, leader in enumerate(chosen)
    ]
    before = [
        LeaderLink(link.leader, elsewhere[-1], SINCE[0], MOVED_ON)
        for link in now[::ONE_MOVED_IN]
        if (elsewhere := [code for code in communities if code != link.community])
    ]
    return [*before, *now]


def appointments(
    by_rank: dict[str, int],
    first_secretaries: int,
    people: list[Person],
    compounds: list[Organ],
    communities: list[str],
) -> list[Appointment]:
    """So many in office, and some who left: by rank in compounds, first secretaries in communities. Nobody has two."""
    chance = stream("officials")
    compound, community = cycle(compounds), cycle(communities)
    terms = [(rank, *term) for rank, count in by_rank.items() for term in _terms(compound, count)]
    terms += [(SECONDED_RANK, *term) for term in _terms(community, first_secretaries)]
    return [
        Appointment(person, rank, place, day_between(chance, *SINCE), ended_on)
        for person, (rank, place, ended_on) in zip(chance.sample(people, len(terms)), terms, strict=True)
    ]


def profiles(new_premises: int, new_funding: int, communities: list[str], poor: list[str]) -> list[Profile]:
    """What was added is shared out to the last square metre and yuan; only `poor` communities are below the floor."""
    chance = stream("profiles")
    weights = uneven(chance, len(communities))
    added = zip(communities, shares(new_premises, weights), shares(new_funding, weights), strict=True)
    grown = [
        Profile(
            community=community,
            staff=chance.randint(*STAFF),
            funding=FLOOR + funding,
            added_funding=funding,
            premises=chance.randint(*OLD_PREMISES) + premises,
            added_premises=premises,
        )
        for community, premises, funding in added
    ]
    return [*grown, *(Profile(community, min(STAFF), FLOOR - 1, 0, min(OLD_PREMISES), 0) for community in poor)]


def _terms(places: Iterator[Organ | str], in_office: int) -> list[tuple[Organ | str, date | None]]:
    """Where each term is, and when it ended; None for as many as are in office."""
    ends = [None] * in_office + [MOVED_ON] * max(1, in_office // ONE_LEFT_IN)
    return list(zip(islice(places, len(ends)), ends, strict=True))
