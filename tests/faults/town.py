"""A small town in two counties, set up through the gateways before anything is disturbed."""

import csv
import io
from base64 import b64encode
from dataclasses import dataclass, field

from huijia_demo.city.people import Identities
from huijia_demo.city.units import partner_units
from huijia_demo.play.badges import Badges
from huijia_local.keys import Keys

from tests.faults.client import Client, Json

SETUP_SECONDS = 60
CITY = "350800"
COUNTIES = ("350802", "350803")
COMMUNITIES = tuple(f"{county}001{number:03d}" for county in COUNTIES for number in (1, 2))
IMPORT = """mutation($input: ImportDivisionsInput!) { importDivisions(input: $input) {
  __typename ... on DivisionImport { refused { code } } ... on Refusal { code message } } }"""
REGISTER_UNITS = """mutation($inputs: [RegisterUnitInput!]!) { registerUnits(inputs: $inputs) {
  ... on RegisterUnitsPayload { outcomes { ... on Unit { id } ... on UnitAlreadyRegistered { unitId } } } } }"""
SIGN = """mutation($input: SignAgreementInput!) { signAgreement(input: $input) { __typename } }"""
APPLY = """mutation($input: ApplyRosterInput!) { applyRoster(input: $input) {
  __typename ... on Refusal { code message } } }"""
MEMBERS = """query($unit: ID!, $after: String) { unit(id: $unit) {
  members(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }"""


@dataclass(frozen=True)
class Person:
    """A member of a unit, who will register in its community."""

    id: str
    unit: str
    community: str


@dataclass
class Town:
    badges: Badges
    people: list[Person] = field(default_factory=list)


async def found_town(client: Client, keys: Keys, members_per_community: int) -> Town:
    """Import divisions, register a unit a community and apply its roster."""
    town = Town(Badges(keys))
    await client.insist(IMPORT, town.badges.city(), SETUP_SECONDS, input={"rows": _divisions()})
    identities = Identities()
    for unit in partner_units(len(COMMUNITIES), list(COMMUNITIES)):
        row = {"name": unit.name, "creditCode": unit.credit_code, "line": unit.line, "division": unit.county}
        county = town.badges.county(unit.county)
        registered = await client.insist(REGISTER_UNITS, county, SETUP_SECONDS, inputs=[row])
        (outcome,) = registered["outcomes"]
        id = outcome.get("unitId") or outcome["id"]
        agreement = {"unitId": id, "communityCode": unit.community, "primary": True, "startsOn": "2015-07-01"}
        await client.insist(SIGN, county, SETUP_SECONDS, input={**agreement, "support": ["TALENT"]})
        roster = _roster(identities, unit.credit_code, members_per_community)
        file = {"unitId": id, "fileName": "roster.csv", "contentBase64": roster, "effectiveOn": "2015-06-30"}
        applied = await client.insist(APPLY, town.badges.unit(id), SETUP_SECONDS, input=file)
        assert "code" not in applied, applied
        town.people += [Person(member, id, unit.community) for member in await _members(client, town, id)]
    return town


async def _members(client: Client, town: Town, unit: str) -> list[str]:
    ids: list[str] = []
    after: str | None = None
    while True:
        answer = await client.insist(MEMBERS, town.badges.unit(unit), SETUP_SECONDS, unit=unit, after=after)
        ids += [node["id"] for node in answer["members"]["nodes"]]
        page = answer["members"]["pageInfo"]
        if not page["hasNextPage"]:
            return ids
        after = page["endCursor"]


def _divisions() -> list[Json]:
    counties = [{"code": code, "name": name} for code, name in zip(COUNTIES, ("新罗区", "永定区"), strict=True)]
    streets = [{"code": f"{code}001", "name": "东城街道"} for code in COUNTIES]
    communities = [{"code": code, "name": f"第{number}社区"} for number, code in enumerate(COMMUNITIES, 1)]
    return [{"code": CITY, "name": "龙岩市"}, *counties, *streets, *communities]


def _roster(identities: Identities, unit: str, count: int) -> str:
    text = io.StringIO(newline="")
    rows = [(identities.name(), identities.id_number(unit), identities.phone(), "") for _ in range(count)]
    csv.writer(text).writerows([("姓名", "身份证号", "手机号", "居住社区代码"), *rows])
    return b64encode(text.getvalue().encode()).decode()
