"""A few members subscribe to the calendar of what they claimed.

Nobody can look a feed's address up, and opening it again ends the one before: so the audit trail tells who has one.
"""

from huijia_demo.city.divisions import county_of
from huijia_demo.city.model import Person
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage, few

OPEN = Mutation("openCalendarFeed", "", "CalendarFeed", "openedAt", input="CalendarFeedInput")
DONE = """
query($lane: ID!, $actor: ID!, $first: Int!, $after: String) {
  serviceTrackingAudit(lane: $lane, filter: { actor: $actor }, first: $first, after: $after) {
    nodes { operation } pageInfo { hasNextPage endCursor }
  }
}
"""
OPENED = "open_feed"


async def subscribe_to_calendars(stage: Stage) -> None:
    people = few(person for person in stage.city.people if person.alone)
    with stage.phase("Calendars", len(people)):
        opened = dict(zip(people, await stage.each(lambda person: _opened(stage, person), people), strict=True))
        await stage.send(
            OPEN,
            [person for person in people if not opened[person]],
            lambda person: stage.badges.member(stage.members[person]),
            lambda person: {"memberId": stage.members[person]},
            alone=True,
        )


async def _opened(stage: Stage, person: Person) -> bool:
    lane = county_of(person.community)
    done = await stage.nodes(
        DONE, stage.badges.auditor(lane), ("serviceTrackingAudit",), lane=lane, actor=stage.members[person]
    )
    return any(entry["operation"] == OPENED for entry in done)
