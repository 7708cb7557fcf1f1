"""The city weighs its counties by a scheme, and publishes the bulletin of the year."""

from huijia_demo.figures import CITY, MEASURED_YEAR
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.stage import Stage

FIELDS = "id status"
DRAFT_SCHEME = Mutation("draftScheme", "", "Scheme", FIELDS)
PUBLISH_SCHEME = Mutation("publishScheme", "", "Scheme", FIELDS, input="SchemeInput")
DRAFT = Mutation("draftBulletin", "", "BulletinIssue", FIELDS)
FREEZE = Mutation("freezeBulletin", "", "BulletinIssue", FIELDS, input="BulletinInput")
PUBLISH = Mutation("publishBulletin", "", "BulletinIssue", FIELDS, input="BulletinInput")
THERE = """
query($city: ID!) {
  schemes(division: $city, first: 1) { nodes { id status } }
  bulletinIssues(division: $city, first: 1) { nodes { id status } }
  bulletinDrafts(division: $city, first: 1) { nodes { id status } }
}
"""
YEAR: Json = {"division": CITY, "startsOn": f"{MEASURED_YEAR}-01-01", "endsOn": f"{MEASURED_YEAR}-12-31"}
ITEMS = [
    {"indicator": "registration_rate", "weight": "40", "floor": "90", "target": "100"},
    {"indicator": "service_rate", "weight": "60", "floor": "90", "target": "100"},
]
SCHEME: Json = {**YEAR, "level": "COUNTY", "name": f"{MEASURED_YEAR}年度“双报到”考评方案", "items": ITEMS}


async def report_the_year(stage: Stage) -> None:
    with stage.phase("Scheme and bulletin", 2):
        there = await stage.endpoint.ask(THERE, stage.badges.city(), city=CITY)
        schemes = there["schemes"]["nodes"] or [await _send(stage, DRAFT_SCHEME, SCHEME)]
        await _take_on(stage, schemes[0], {"DRAFT": PUBLISH_SCHEME})
        issues = [node for found in ("bulletinIssues", "bulletinDrafts") for node in there[found]["nodes"]]
        issues = issues or [await _send(stage, DRAFT, YEAR)]
        await _take_on(stage, issues[0], {"DRAFT": FREEZE, "FROZEN": PUBLISH})


async def _take_on(stage: Stage, thing: Json, steps: dict[str, Mutation]) -> None:
    """Take each step from where the thing stands."""
    while thing["status"] in steps:
        thing = await _send(stage, steps[thing["status"]], {"id": thing["id"]})


async def _send(stage: Stage, mutation: Mutation, row: Json) -> Json:
    ((_, outcome),) = await stage.send(mutation, [row], lambda _: stage.badges.city(), dict, alone=True)
    return outcome
