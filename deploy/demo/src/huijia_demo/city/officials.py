"""Leaders who look after communities, officials who serve in compounds, and what communities have to work with."""

from datetime import date

from huijia_demo.city.chance import day_between, shares, stream, uneven
from huijia_demo.city.model import Appointment, LeaderLink, Organ, Person, Profile

SINCE = (date(2015, 10, 1), date(2016, 12, 31))
MOVED_ON = date(2017, 5, 1)
ONE_MOVED_IN = 20
FLOOR = 130_000
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
    """Everybody is appointed once: officials by rank to compounds, first secretaries to communities."""
    chance = stream("officials")
    ranks = [rank for rank, count in by_rank.items() for _ in range(count)]
    chosen = chance.sample(people, len(ranks) + first_secretaries)
    officials = [
        Appointment(person, rank, compounds[i % len(compounds)], day_between(chance, *SINCE))
        for i, (person, rank) in enumerate(zip(chosen, ranks, strict=False))
    ]
    seconded = [
        Appointment(person, "SECTION", communities[i % len(communities)], day_between(chance, *SINCE))
        for i, person in enumerate(chosen[len(ranks) :])
    ]
    return [*officials, *seconded]


def profiles(new_premises: int, new_funding: int, communities: list[str]) -> list[Profile]:
    """What was added is shared out to the last square metre and yuan; no community is below the funding floor."""
    chance = stream("profiles")
    weights = uneven(chance, len(communities))
    added = zip(communities, shares(new_premises, weights), shares(new_funding, weights), strict=True)
    return [
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
