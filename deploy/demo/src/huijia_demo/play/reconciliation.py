"""Each county reconciles its rosters with what is registered: whoever is on a roster and not completed is named."""

from collections import Counter

from huijia_demo.city.model import Presence
from huijia_demo.play.endpoint import Json
from huijia_demo.play.problems import PlayError, Refused
from huijia_demo.play.stage import Stage

FIELDS = "counts { status count } named: lines(statuses: $residual, first: 100) { nodes { member { id name } } }"
MADE = f"""
query($county: ID!, $residual: [ReconciliationStatus!]!) {{
  reconciliations(division: $county, first: 1) {{ nodes {{ {FIELDS} }} }}
}}
"""
RECONCILE = f"""
mutation($input: ReconcileInput!, $residual: [ReconciliationStatus!]!) {{
  reconcile(input: $input) {{ __typename ... on Reconciliation {{ {FIELDS} }}
    ... on Refusal {{ code message nextStep path }} }}
}}
"""
RESIDUAL = ["NOT_REGISTERED", "SUBMITTED_ONLY", "CERTIFICATE_NOT_PRESENTED", "WRONG_PLACE", "DUPLICATE"]


async def reconcile(stage: Stage) -> None:
    """Raises PlayError when others are named than those who have not completed."""
    counties = sorted({unit.county for unit in stage.city.units})
    counts: Counter[str] = Counter()
    named: set[str] = set()
    with stage.phase("Reconciled counties", len(counties)):
        for county in counties:
            made = await _made(stage, county)
            counts.update({one["status"]: one["count"] for one in made["counts"]})
            named |= {line["member"]["id"] for line in made["named"]["nodes"]}
            stage.advance(1)
    left = [one for one in stage.city.people if one.presence is not Presence.LEAVES and not one.fate.completes]
    if named != {stage.members[person] for person in left}:
        raise PlayError(f"{len(named)} people are named by the reconciliations, not {len(left)}: {dict(counts)}")


async def _made(stage: Stage, county: str) -> Json:
    """The county's reconciliation; made now, where none was made before."""
    token = stage.badges.county(county)
    found = await stage.endpoint.ask(MADE, token, county=county, residual=RESIDUAL)
    nodes: list[Json] = found["reconciliations"]["nodes"]
    if nodes:
        return nodes[0]
    answer: Json = await stage.endpoint.ask(RECONCILE, token, input={"division": county}, residual=RESIDUAL)
    if answer["reconcile"]["__typename"] != "Reconciliation":
        raise Refused("reconcile", answer["reconcile"])
    result: Json = answer["reconcile"]
    return result
