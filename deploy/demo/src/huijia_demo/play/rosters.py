"""Units send their roster files. What is applied already is seen by who stands on the roster."""

from base64 import b64encode

from huijia_demo.city.model import Presence, Unit
from huijia_demo.city.rosters import RosterFile
from huijia_demo.play.endpoint import Json
from huijia_demo.play.problems import Refused
from huijia_demo.play.stage import Stage, grouped

MEMBERS = """
query($unit: ID!, $first: Int!, $after: String) {
  unit(id: $unit) {
    members(first: $first, after: $after) { nodes { id idNumber } pageInfo { hasNextPage endCursor } }
  }
}
"""
PREVIEW = """
mutation($input: PreviewRosterInput!) {
  previewRoster(input: $input) { __typename ... on Refusal { code message nextStep path } }
}
"""
APPLY = """
mutation($input: ApplyRosterInput!) {
  applyRoster(input: $input) { __typename ... on Refusal { code message nextStep path } }
}
"""


async def apply_rosters(stage: Stage, files: list[RosterFile], name: str) -> None:
    """Apply the files that are not applied yet, and learn what the server calls the people on them."""
    with stage.phase(name, len(files)):
        await stage.all(_apply(stage, file) for file in files)


async def _apply(stage: Stage, file: RosterFile) -> None:
    known = await _members(stage, file.unit)
    newcomers = [person for person in file.people if person.masked_id not in known]
    if newcomers and not _is_past(stage, file, known):
        await _send(stage, file)
        known = await _members(stage, file.unit)
    stage.members.update((person, known[person.masked_id]) for person in file.people if person.masked_id in known)
    stage.advance(1)


def _is_past(stage: Stage, file: RosterFile, known: dict[str, str]) -> bool:
    """A first version is not sent again once somebody stands on the roster who came with the second."""
    joining = grouped(stage.city.people, lambda person: (person.unit, person.presence))
    return file.version == 1 and any(
        person.masked_id in known for person in joining.get((file.unit, Presence.JOINS), [])
    )


async def _members(stage: Stage, unit: Unit) -> dict[str, str]:
    """Masked ID number -> id of everybody on the unit's roster."""
    unit_id = stage.units[unit]
    nodes = await stage.nodes(MEMBERS, stage.badges.unit(unit_id), ("unit", "members"), unit=unit_id)
    return {node["idNumber"]: node["id"] for node in nodes}


async def _send(stage: Stage, file: RosterFile) -> None:
    """A second version is previewed before, as a careful unit does."""
    unit_id = stage.units[file.unit]
    content = b64encode(file.path.read_bytes()).decode()
    row: Json = {"unitId": unit_id, "fileName": file.path.name, "contentBase64": content}
    for document, name in ((PREVIEW, "previewRoster"), (APPLY, "applyRoster"))[file.version == 1 :]:
        effective = {"effectiveOn": file.effective_on.isoformat()} if name == "applyRoster" else {}
        answer = (await stage.endpoint.ask(document, stage.badges.unit(unit_id), input=row | effective))[name]
        if "code" in answer:
            raise Refused(name, answer, {"unitId": unit_id, "fileName": file.path.name})
