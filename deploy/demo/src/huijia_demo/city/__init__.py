"""The city of a scale, the same every time: who lives there, and what they do from mid-2015 to the end of 2017."""

from huijia_demo import figures
from huijia_demo.city import claims, divisions, members, offers, records, units
from huijia_demo.city.model import City

SMALLEST, LARGEST = 0.001, 1.0


def build_city(scale: float) -> City:
    """ValueError outside 0.001 to 1, where the figures can't all be met."""
    if not SMALLEST <= scale <= LARGEST:
        raise ValueError(f"SCALE={scale:g} is outside {SMALLEST:g} to {LARGEST:g}.")

    def count(figure: figures.Count) -> int:
        return figure.expected(scale).numerator

    table = divisions.official_table()
    alive = divisions.communities_alive(table, count(figures.COMMUNITIES))
    partners = units.partner_units(count(figures.PARTNER_UNITS), alive)
    people = members.members(count(figures.ACTIVE_ROSTER_LINES), count(figures.REGISTERED_MEMBERS), partners, alive)
    published = [
        *offers.posts(count(figures.POSTS), alive, demand=count(figures.POST_CLAIMS)),
        *offers.wishes(count(figures.WISHES), alive),
    ]
    claimed = claims.claims(count(figures.POST_CLAIMS), count(figures.WISHES_CLAIMED), published, people)
    return City(
        scale=scale,
        divisions=table,
        communities=alive,
        units=partners,
        people=people,
        grids=offers.grids(count(figures.GRID_BRANCHES), alive),
        offers=published,
        claims=claimed,
        records=records.records(count(figures.PERSON_VISITS), count(figures.SERVING_MEMBERS), people, claimed),
    )
