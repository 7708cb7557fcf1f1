"""A member and a unit take the statement of a year elsewhere; whoever gets it verifies it."""

from huijia_demo.figures import MEASURED_YEAR
from huijia_demo.play.endpoint import Json
from huijia_demo.play.mutations import Mutation
from huijia_demo.play.problems import PlayError
from huijia_demo.play.stage import Stage

ISSUE = Mutation("issueStatement", "", "Statement", "number digest kind")
ISSUED = """
query($unit: ID!, $first: Int!, $after: String) {
  statements(unit: $unit, first: $first, after: $after) {
    nodes { number digest kind } pageInfo { hasNextPage endCursor }
  }
}
"""
VERIFY = """
query($number: String!, $digest: String!) { verifyStatement(number: $number, digest: $digest) { digestMatches } }
"""


async def issue_statements(stage: Stage) -> None:
    """A statement asked for again is another one, so the unit's are looked up. Raises PlayError for a false one."""
    person = next(person for person in stage.city.people if person.alone)
    member, unit = stage.members[person], stage.units[person.unit]
    asking = {
        "PERSON": (stage.badges.member(member), {"memberId": member}),
        "UNIT": (stage.badges.unit(unit), {"unitId": unit}),
    }
    with stage.phase("Statements", len(asking)):
        statements = await stage.nodes(ISSUED, stage.badges.unit(unit), ("statements",), unit=unit)
        kinds = {statement["kind"] for statement in statements}
        missing = [asking[kind] for kind in asking if kind not in kinds]
        done = await stage.send(
            ISSUE, missing, lambda one: one[0], lambda one: {**one[1], "year": MEASURED_YEAR}, alone=True
        )
        await stage.each(lambda statement: _verify(stage, statement), [*statements, *(one for _, one in done)])


async def _verify(stage: Stage, statement: Json) -> None:
    number, digest = statement["number"], statement["digest"]
    check = (await stage.endpoint.ask(VERIFY, None, number=number, digest=digest))["verifyStatement"]
    if not (check and check["digestMatches"]):
        raise PlayError(f"The statement {number} can't be verified. Look for it in evaluation's data.")
