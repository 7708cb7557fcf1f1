"""A community hands in a paper with neither ID number nor phone; its reconciliation asks a person whose it is."""

from base64 import b64encode

from huijia_demo.city.divisions import county_of
from huijia_demo.city.model import Person
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.problems import PlayError
from huijia_demo.play.stage import Stage

IMPORT = Mutation("importPapers", "", "PapersImport", "created known refusedCount")
RECONCILE = Mutation("reconcile", "", "Reconciliation")
DECIDE = Mutation("decideMatch", "", "Paper", "decidedAt")
MADE = """
query($division: ID!) { reconciliations(division: $division, first: 1) { nodes { id } } }
"""
STRANGERS = """
query($id: ID!, $first: Int!, $after: String) {
  reconciliation(id: $id) {
    lines(statuses: [NOT_ON_ROSTER], first: $first, after: $after) {
      nodes { papers { id decidedAt } candidates { member { id } } } pageInfo { hasNextPage endCursor }
    }
  }
}
"""
HEADER = "姓名,身份证号,出生年月,手机号,报到日期"


async def decide_a_match(stage: Stage) -> None:
    """What a community hands in twice is known; it is reconciled once, and its paper decided once."""
    person = next(one for one in stage.city.people if one.settled)
    place = person.community
    with stage.phase("Matches decided", 1):
        content = b64encode(f"{HEADER}\n{_paper(person)}\n".encode()).decode()
        await stage.send_one(IMPORT, stage.badges.host(place), {"communityCode": place, "contentBase64": content})
        county = stage.badges.county(county_of(place))
        if not await _made(stage, county, place):
            await stage.send_one(RECONCILE, county, {"division": place})
        (made,) = await _made(stage, county, place)
        lines = await stage.nodes(STRANGERS, county, ("reconciliation", "lines"), id=made["id"])
        await _decide(stage, county, person, lines)
        stage.advance(1)


async def _decide(stage: Stage, county: str, person: Person, lines: list[Json]) -> None:
    member = stage.members[person]
    alike = [one for one in lines if any((of["member"] or {}).get("id") == member for of in one["candidates"])]
    if not alike:
        raise PlayError(
            f"The reconciliation of {person.community} finds nobody whose paper it may be. "
            "See its lines NOT_ON_ROSTER; a city of an earlier edition is played anew after `make clean`."
        )
    for paper in alike[0]["papers"]:
        if paper["decidedAt"] is None:
            await stage.send_one(DECIDE, county, {"paperId": paper["id"], "memberId": member})


async def _made(stage: Stage, county: str, place: str) -> list[Json]:
    found = await stage.endpoint.ask(MADE, county, division=place)
    nodes: list[Json] = found["reconciliations"]["nodes"]
    return nodes


def _paper(person: Person) -> str:
    born = f"{person.id_number[6:10]}-{person.id_number[10:12]}"
    return f"{person.name},,{born},,2017-10-20"
