"""The city imports the official table. Importing it again changes nothing."""

from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import parts
from huijia_demo.play.problems import Refused
from huijia_demo.play.stage import Stage

IMPORT = """
mutation($input: ImportDivisionsInput!) {
  importDivisions(input: $input) {
    __typename
    ... on DivisionImport { refused { code message path } }
    ... on Refusal { code message nextStep path }
  }
}
"""


async def import_divisions(stage: Stage) -> None:
    table = stage.city.divisions
    with stage.phase("Divisions", len(table)):
        for part in parts(table):
            rows: list[Json] = [{"code": division.code, "name": division.name} for division in part]
            report = (await stage.endpoint.ask(IMPORT, stage.badges.city(), input={"rows": rows}))["importDivisions"]
            for refusal in report.get("refused", [report]):
                raise Refused("importDivisions", refusal)
            stage.advance(len(part))
