"""What tests of reconciliation share: reconcile, read, take over a community's list, decide."""

import base64
from typing import Any

from tests.registration.samples import CITY, COMMUNITY, COUNTY, csv_file
from tests.registration.town import REFUSAL, Json, Town, token

LINE = (
    "status tier member { id } unit { id } community { code } registration { id } "
    "papers { id name member { id } } candidates { score member { id } }"
)
SHOWN = f"id asOf rosterLines counts {{ status count }} lines(first: 100) {{ nodes {{ {LINE} }} }}"
RECONCILE = (
    "mutation M($input: ReconcileInput!) { reconcile(input: $input) "
    f"{{ __typename ... on Reconciliation {{ {SHOWN} }} {REFUSAL} }} }}"
)


async def reconcile(town: Town, **row: Any) -> Json:
    result: Json = await town.api.ask(RECONCILE, token("CITY_ADMIN", CITY), input=row)
    return result


async def residual(town: Town, unit: str) -> list[Json]:
    document = f"query Q($unit: ID!) {{ unitResidual(unit: $unit) {{ nodes {{ {LINE} }} }} }}"
    shown: list[Json] = (await town.api.ask(document, token("UNIT_ADMIN", unit), unit=unit))["nodes"]
    return shown


async def decide(town: Town, paper: str, member: str, role: str = "COUNTY_ADMIN", scope: str = COUNTY) -> Json:
    document = (
        "mutation M($input: DecideMatchInput!) { decideMatch(input: $input) "
        f"{{ __typename ... on Paper {{ member {{ id }} }} {REFUSAL} }} }}"
    )
    result: Json = await town.api.ask(document, token(role, scope), input={"paperId": paper, "memberId": member})
    return result


def counts(made: Json) -> dict[str, int]:
    return {one["status"]: one["count"] for one in made["counts"] if one["count"]}


async def import_papers(town: Town, rows: list[list[str]], community: str = COMMUNITY, **row: Any) -> Json:
    content = csv_file(rows, header=("姓名", "身份证号", "出生年月", "手机号", "报到日期"))
    document = (
        "mutation M($input: ImportPapersInput!) { importPapers(input: $input) { __typename "
        f"... on PapersImport {{ created known refusedCount refused {{ line path }} }} {REFUSAL} }} }}"
    )
    given = {"communityCode": community, "contentBase64": base64.b64encode(content).decode(), **row}
    result: Json = await town.api.ask(document, token("HOST", community), input=given)
    return result


async def listed_paper(town: Town, name: str) -> str:
    """The paper of somebody whom a community has on its own list."""
    await import_papers(town, [[name, "", "1999-01", "", "2016-05-01"]])
    document = "query Q($community: ID!) { papers(community: $community) { nodes { id } } }"
    listed = await town.api.ask(document, token("HOST", COMMUNITY), community=COMMUNITY)
    return str(listed["nodes"][0]["id"])
