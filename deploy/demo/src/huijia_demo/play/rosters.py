"""Units send their roster files. A version that the unit has already is not sent again."""

from base64 import b64encode

from huijia_demo.city.rosters import RosterFile
from huijia_demo.play.endpoint import Json
from huijia_demo.play.problems import Refused
from huijia_demo.play.stage import Stage

APPLIED = """
query($unit: ID!) { unit(id: $unit) { rosters(first: 100) { nodes { number } } } }
"""
MEMBERS = """
query($unit: ID!, $first: Int!, $after: String) {
  unit(id: $unit) {
    members(first: $first, after: $after) { nodes { id idNumber } pageInfo { hasNextPage endCursor } }
  }
}
"""
PREVIEW = """
mutation($input: RosterFileInput!) {
  previewRoster(input: $input) { __typename ... on Refusal { code message nextStep path } }
}
"""
APPLY = """
mutation($input: ApplyRosterInput!) {
  applyRoster(input: $input) { __typename ... on Refusal { code message nextStep path } }
}
"""


async def apply_rosters(stage: Stage, files: list[RosterFile], name: str) -> None:
    """Apply the files that are not applied yet, and learn what the server calls the people on the rosters."""
    with stage.phase(name, len(files)):
        await stage.each(lambda file: _apply(stage, file), files)


async def _apply(stage: Stage, file: RosterFile) -> None:
    unit = stage.units[file.unit]
    applied = await stage.endpoint.ask(APPLIED, stage.badges.unit(unit), unit=unit)
    if len(applied["unit"]["rosters"]["nodes"]) < file.version:
        await _send(stage, file, unit)
    members = await stage.nodes(MEMBERS, stage.badges.unit(unit), ("unit", "members"), unit=unit)
    # Within a unit, even a masked ID number of the demo names one person.
    ids = {member["idNumber"]: member["id"] for member in members}
    stage.members.update((person, ids[person.masked_id]) for person in file.people if person.masked_id in ids)
    stage.advance(1)


async def _send(stage: Stage, file: RosterFile, unit: str) -> None:
    """A second version is previewed before, as a careful unit does."""
    content = b64encode(file.path.read_bytes()).decode()
    row: Json = {"unitId": unit, "fileName": file.path.name, "contentBase64": content}
    if file.version > 1:
        await _ask(stage, PREVIEW, "previewRoster", row)
    await _ask(stage, APPLY, "applyRoster", {**row, "effectiveOn": file.effective_on.isoformat()})


async def _ask(stage: Stage, document: str, mutation: str, row: Json) -> None:
    answer = (await stage.endpoint.ask(document, stage.badges.unit(row["unitId"]), input=row))[mutation]
    if "code" in answer:
        raise Refused(mutation, answer, row["fileName"])
