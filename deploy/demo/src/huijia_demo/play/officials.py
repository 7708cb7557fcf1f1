"""The city links leaders to communities, and appoints officials to compounds and communities."""

from huijia_demo.city.model import Appointment, LeaderLink
from huijia_demo.figures import CITY
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage
from huijia_demo.play.terms import end_over, make_missing

FIELDS = "id endedOn"
LINK = Mutation("linkLeader", "linkLeaders", "LeaderLink", FIELDS)
UNLINK = Mutation("endLeaderLink", "", "LeaderLink", FIELDS, input="EndTermInput")
APPOINT = Mutation("makeAppointment", "makeAppointments", "Appointment", FIELDS)
RELIEVE = Mutation("endAppointment", "", "Appointment", FIELDS, input="EndTermInput")
LINKED = """
query($within: ID!, $first: Int!, $after: String) {
  leaderLinks(within: $within, first: $first, after: $after) {
    nodes { id endedOn leader { id } community { code } } pageInfo { hasNextPage endCursor }
  }
}
"""


APPOINTED = """
query($within: ID!, $first: Int!, $after: String) {
  appointments(within: $within, first: $first, after: $after) {
    nodes { id endedOn member { id } } pageInfo { hasNextPage endCursor }
  }
}
"""


async def link_leaders(stage: Stage) -> None:
    def by(_link: LeaderLink) -> str:
        return stage.badges.city()

    links = stage.city.leader_links
    with stage.phase("Leader links", len(links)):
        nodes = await stage.nodes(LINKED, stage.badges.city(), ("leaderLinks",), within=CITY)
        there = {(node["leader"]["id"], node["community"]["code"]): node for node in nodes}
        keyed = [((stage.members[link.leader], link.community), link) for link in links]
        stored = await make_missing(stage, LINK, there, keyed, by, lambda link: _link(link, stage.members[link.leader]))
        await end_over(stage, UNLINK, stored, by)


async def appoint_officials(stage: Stage) -> None:
    def by(_one: Appointment) -> str:
        return stage.badges.city()

    appointments = stage.city.appointments
    with stage.phase("Appointments", len(appointments)):
        nodes = await stage.nodes(APPOINTED, stage.badges.city(), ("appointments",), within=CITY)
        there = {node["member"]["id"]: node for node in nodes}
        keyed = [(stage.members[one.person], one) for one in appointments]
        stored = await make_missing(stage, APPOINT, there, keyed, by, lambda one: _appointment(stage, one))
        await end_over(stage, RELIEVE, stored, by)


def _link(link: LeaderLink, member_id: str) -> Json:
    return {"memberId": member_id, "communityCode": link.community, "startsOn": link.starts_on.isoformat()}


def _appointment(stage: Stage, one: Appointment) -> Json:
    seconded = isinstance(one.place, str)
    return {
        "memberId": stage.members[one.person],
        "role": "FIRST_SECRETARY" if seconded else "COMMITTEE_MEMBER",
        "rank": one.rank,
        "division": one.place if isinstance(one.place, str) else None,
        "organId": None if isinstance(one.place, str) else stage.organs[one.place],
        "startsOn": one.starts_on.isoformat(),
    }
