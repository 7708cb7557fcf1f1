"""Members take their own data with them, counties their reconciliation, the city its bulletin."""

from base64 import b64decode

from huijia_demo.city.model import Person
from huijia_demo.figures import CITY
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.problems import PlayError
from huijia_demo.play.stage import Stage, few

OWN = Mutation("exportPersonalData", "", "PersonalExport", "format", input="OwnDataInput")
TAKEN = "query { me { reveals(first: 50) { nodes { purpose } } } }"
RECONCILED = """
query($county: ID!) { reconciliations(division: $county, first: 1) { nodes { export { contentBase64 } } } }
"""
BULLETIN = """
query($city: ID!) {
  bulletinIssues(division: $city, first: 1) { nodes { file(format: XLSX) { contentBase64 } } }
}
"""
ZIP = b"PK"


async def take_own_data(stage: Stage) -> None:
    """Logged as a reveal each time, so who did already is looked up."""
    people = few(person for person in stage.city.people if person.alone)
    with stage.phase("Own data", len(people)):
        taken = dict(zip(people, await stage.each(lambda one: _taken(stage, one), people), strict=True))
        await stage.send(
            OWN,
            [one for one in people if not taken[one]],
            lambda one: stage.badges.member(stage.members[one]),
            lambda one: {"memberId": stage.members[one]},
            alone=True,
        )


async def export_tables(stage: Stage) -> None:
    """Raises PlayError for a file that is no workbook."""
    counties = few(sorted({unit.county for unit in stage.city.units}))
    with stage.phase("Workbooks", len(counties) + 1):
        for county in counties:
            told = await stage.endpoint.ask(RECONCILED, stage.badges.county(county), county=county)
            _check(told["reconciliations"]["nodes"][0]["export"]["contentBase64"], f"the reconciliation of {county}")
            stage.advance(1)
        told = await stage.endpoint.ask(BULLETIN, stage.badges.city(), city=CITY)
        _check(told["bulletinIssues"]["nodes"][0]["file"]["contentBase64"], "the bulletin")
        stage.advance(1)


async def _taken(stage: Stage, person: Person) -> bool:
    me = (await stage.endpoint.ask(TAKEN, stage.badges.member(stage.members[person])))["me"]
    return any(one["purpose"] == "OWN_EXPORT" for one in me["reveals"]["nodes"])


def _check(content: str, what: str) -> None:
    if not b64decode(content).startswith(ZIP):
        raise PlayError(f"The file of {what} is no workbook. Look into .local/logs.")
