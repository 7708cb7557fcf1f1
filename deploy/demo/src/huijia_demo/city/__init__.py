"""The city of a scale, the same every time: who lives there, and what they do from mid-2015 to the end of 2017."""

from huijia_demo import figures
from huijia_demo.city import (
    activities,
    claims,
    divisions,
    members,
    offers,
    officials,
    organs,
    problems,
    projects,
    records,
    units,
)
from huijia_demo.city.model import City, OrganKind

SMALLEST, LARGEST = 0.001, 1.0
ORGANS = {
    OrganKind.COMPOUND_ORGANISATION: figures.COMPOUND_ORGANISATIONS,
    OrganKind.OWNERS_COMMITTEE: figures.OWNERS_COMMITTEES,
    OrganKind.ENTERPRISE_BRANCH: figures.ENTERPRISE_BRANCHES,
    OrganKind.SOCIAL_BRANCH: figures.SOCIAL_BRANCHES,
    OrganKind.GUIDANCE_GROUP: figures.GUIDANCE_GROUPS,
}
RANKS = {
    "BUREAU": figures.BUREAU_OFFICIALS,
    "DIVISION": figures.DIVISION_OFFICIALS,
    "SECTION": figures.SECTION_OFFICIALS,
}


def build_city(scale: float) -> City:
    """ValueError outside 0.001 to 1, where the figures can't all be met."""
    if not SMALLEST <= scale <= LARGEST:
        raise ValueError(f"SCALE={scale:g} is outside {SMALLEST:g} to {LARGEST:g}.")

    def count(figure: figures.Count) -> int:
        return figure.expected(scale).numerator

    table = divisions.official_table()
    alive = divisions.communities_alive(table, count(figures.COMMUNITIES))
    beyond = divisions.communities_alive(table, count(figures.COMMUNITIES) + 1)[len(alive) :]
    partners = units.partner_units(count(figures.PARTNER_UNITS), alive)
    people = members.members(count(figures.ACTIVE_ROSTER_LINES), count(figures.REGISTERED_MEMBERS), partners, alive)
    registered = members.registered_at(people)
    posts = offers.posts(count(figures.POSTS), alive, demand=count(figures.POST_CLAIMS))
    wishes = offers.wishes(count(figures.WISHES), alive)
    needs = offers.pairing_needs(count(figures.PAIRING_NEEDS), alive)
    claimed = [
        *claims.post_claims(count(figures.POST_CLAIMS), posts, registered),
        *claims.wish_claims(count(figures.WISHES_CLAIMED), wishes, registered),
        *claims.pairs(count(figures.PAIRS), needs, registered),
    ]
    branches = offers.grids(count(figures.GRID_BRANCHES), alive)
    register = organs.organs({kind: count(figure) for kind, figure in ORGANS.items()}, alive)
    on_roster = [person for here in registered.values() for person in here]
    return City(
        scale=scale,
        divisions=table,
        communities=alive,
        units=partners,
        people=people,
        grids=branches,
        placements=offers.placements(branches, registered),
        offers=[*posts, *wishes, *needs, *offers.teams(count(figures.SERVICE_TEAMS), alive, registered)],
        claims=claimed,
        records=records.records(count(figures.PERSON_VISITS), count(figures.SERVING_MEMBERS), people, claimed),
        activities=activities.activities(
            count(figures.COLLECTIVE_ACTIVITIES),
            count(figures.TEAM_SERVICES),
            count(figures.THEMED_ACTIVITIES),
            partners,
            alive,
        ),
        problems=problems.problems(count(figures.PROBLEMS_SOLVED), registered),
        projects=projects.projects(count(figures.PROJECTS_STARTED), count(figures.PROJECTS_COMPLETED), partners),
        service_points=projects.service_points(count(figures.SERVICE_POINTS), alive),
        organs=register,
        leader_links=officials.leader_links(
            count(figures.LEADERS), count(figures.LINKED_COMMUNITIES), on_roster, alive
        ),
        appointments=officials.appointments(
            {rank: count(figure) for rank, figure in RANKS.items()},
            count(figures.FIRST_SECRETARIES),
            on_roster,
            organs.lasting(register, OrganKind.COMPOUND_ORGANISATION),
            alive,
        ),
        profiles=officials.profiles(count(figures.NEW_PREMISES), count(figures.NEW_FUNDING), alive, beyond),
    )
