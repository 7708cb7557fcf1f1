"""What questions cost: a fixed number of database queries, each on an index."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from registration.api.certificates import CertificateAddress
from registration.api.schema import SUBGRAPH
from servicekit.documents.fonts import Fonts
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database, connect, open_database

from tests.registration.samples import CITY, COMMUNITY, COUNTY, SUBDISTRICT, csv_file, person
from tests.registration.town import Town, token
from tests.registration.watch import Watch, stages

CITY_ADMIN = Principal("city", (Grant(Role.CITY_ADMIN, CITY), Grant(Role.AUDITOR, CITY)))
NESTED = """query Q($county: ID!, $communities: Int!) { division(code: $county) { name
  communities(first: $communities) { nodes { code name county { name }
    grids { nodes { name community { name }
      groups { nodes { name memberCount } } squads { nodes { name memberCount leader { name } } } } }
    members(first: 10) { nodes { id name idNumber phone residence { name }
      unit { name division { name } agreements { nodes { primary community { name } } } rosters { nodes { number } } }
      registration { status basis certificate { number } community { name }
        grid { name } group { name } squad { name } } } } } } } }"""


LEAD = "mutation M($i: NameSquadLeaderInput!) { nameSquadLeader(input: $i) { __typename } }"
EXPORT = "mutation M($input: OwnDataInput!) { exportPersonalData(input: $input) { __typename } }"


class Asking:
    """Asks the schema through a client whose queries are watched."""

    def __init__(self, database: Database, watch: Watch, app: FastAPI) -> None:
        self.database, self.watch = database, watch
        self._resources = app.state.running.resources

    async def __call__(self, document: str, **variables: Any) -> dict[str, Any]:
        context = Context(
            policy=SUBGRAPH.policy, principal=CITY_ADMIN, database=self.database, resources=self._resources
        )
        answer = await SUBGRAPH.execute(document, context=context, variables=variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data


@pytest_asyncio.fixture
async def asking(app: FastAPI, database: Database, mongodb_uri: str) -> AsyncIterator[Asking]:
    watch = Watch()
    async with connect(mongodb_uri, event_listeners=[watch]) as client:
        yield Asking(open_database(client, database.name), watch, app)


async def settle(town: Town, communities: int) -> list[str]:
    """So many communities, in each two members of one unit with a completed registration, in a grid with its parts."""
    codes = [f"{SUBDISTRICT}{serial:03d}" for serial in range(1, communities + 1)]
    city = token("CITY_ADMIN", CITY)
    rows = [{"code": code, "name": f"社区{code[-3:]}"} for code in codes]
    await town.api.ask(
        "mutation M($i: ImportDivisionsInput!) { importDivisions(input: $i) { __typename } }", city, i={"rows": rows}
    )
    grids = [{"communityCode": code, "name": "一网格"} for code in codes]
    made = await bulk(town, "createGrids", "CreateGridInput", "... on Grid { id }", grids)
    parts = [{"gridId": one["id"], "name": "一组"} for one in made]
    groups = await bulk(town, "createGroups", "CreateGroupInput", "... on Group { id }", parts)
    squads = await bulk(town, "createSquads", "CreateSquadInput", "... on Squad { id }", parts)
    for serial, (code, grid, group, squad) in enumerate(zip(codes, made, groups, squads, strict=True), 1):
        unit = await town.register_unit(serial)
        await town.sign(unit, code)
        await town.roster(unit, csv_file([person(serial * 2 + n, residence=code) for n in range(2)]))
        admin = token("UNIT_ADMIN", unit)
        members = [{"memberId": one["id"]} for one in await town.members(unit)]
        submitted = (await town.bulk("submitRegistrations", admin, members))["outcomes"]
        certified = await town.bulk("certifyRegistrations", admin, [{"registrationId": one["id"]} for one in submitted])
        papers = [{"certificateNumber": one["certificateNumber"]} for one in certified["outcomes"]]
        await town.bulk("receiveCertificates", token("HOST", code), papers)
        place = {"gridId": grid["id"], "groupId": group["id"], "squadId": squad["id"]}
        placed = [{"registrationId": one["id"], **place} for one in submitted]
        await bulk(town, "placeRegistrations", "PlaceRegistrationInput", "... on Registration { id }", placed)
        leading = {"squadId": squad["id"], "memberId": members[0]["memberId"]}
        await town.api.ask(LEAD, city, i=leading)
    return codes


async def bulk(town: Town, name: str, kind: str, shown: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    payload = f"{name[0].upper()}{name[1:]}Payload"
    document = (
        f"mutation M($i: [{kind}!]!) {{ {name}(inputs: $i) {{ ... on {payload} {{ outcomes {{ {shown} }} }} }} }}"
    )
    found = await town.api.ask(document, token("CITY_ADMIN", CITY), i=rows)
    outcomes: list[dict[str, Any]] = found["outcomes"]
    return outcomes


async def test_the_nested_question_costs_a_fixed_number_of_queries_for_2_and_for_20_communities(
    town: Town, asking: Asking
) -> None:
    await settle(town, 20)
    counts = {}

    for communities in (2, 20):
        with asking.watch.queries() as sent:
            found = await asking(NESTED, county=COUNTY, communities=communities)
            counts[communities] = len(sent)
        nodes = found["division"]["communities"]["nodes"]
        assert len(nodes) == communities
        assert all(len(one["members"]["nodes"]) == 2 for one in nodes)

    # Not always equal: two loads of one type are one query when both are asked in the same turn of the loop.
    assert max(counts.values()) <= 18


async def test_entities_of_one_type_cost_one_load(town: Town, asking: Asking) -> None:
    unit = await town.register_unit()
    members = await town.staff(unit, 20)
    document = (
        "query Q($all: [_Any!]!) { _entities(representations: $all) { ... on Member { id name unit { name } } } }"
    )

    with asking.watch.queries() as sent:
        found = await asking(document, all=[{"__typename": "Member", "id": one} for one in (*members, "nobody")])
        count = len(sent)

    assert [one and one["id"] for one in found["_entities"]] == [*members, None]
    assert count == 3


async def test_entities_are_found_by_each_of_their_keys(town: Town, asking: Asking) -> None:
    unit = await town.register_unit()
    agreement = await town.sign(unit, COMMUNITY)
    document = """query Q($all: [_Any!]!) { _entities(representations: $all) {
      ... on Agreement { id community { name } } ... on Unit { name }
      ... on Community { name } ... on Division { level } } }"""
    representations = [
        {"__typename": "Agreement", "id": agreement["id"]},
        {"__typename": "Agreement", "unitId": unit, "communityCode": COMMUNITY},
        {"__typename": "Agreement", "unitId": unit, "communityCode": "350802001002"},
        {"__typename": "Unit", "id": unit},
        {"__typename": "Community", "code": COMMUNITY},
        {"__typename": "Community", "code": COUNTY},
        {"__typename": "Division", "code": COUNTY},
    ]

    found = (await asking(document, all=representations))["_entities"]

    same = {"id": agreement["id"], "community": {"name": "东兴社区"}}
    assert found == [same, same, None, {"name": "单位1"}, {"name": "东兴社区"}, None, {"level": "COUNTY"}]


QUESTIONS = (
    NESTED,
    "query Q($county: ID!) { division(code: $county) { parent { name } children { nodes { code } } } }",
    "query Q($county: ID!) { communities(within: $county, first: 1) { nodes { code } pageInfo { endCursor } } }",
    "query Q($county: ID!) { units(within: $county) { nodes { name members { nodes { id } } } } }",
    "query Q($community: ID!) { community(code: $community) { registrations(status: COMPLETED) { nodes { id } } } }",
    "query Q($community: ID!) { community(code: $community) { registrations { nodes { member { name } } } } }",
    "query Q($community: ID!) { registrations(community: $community) { nodes { id } } }",
    "query Q($community: ID!) { registrations(community: $community, status: COMPLETED) { nodes { id } } }",
    "query Q($unit: ID!) { registrations(unit: $unit) { nodes { id } } }",
    "query Q($unit: ID!) { registrations(unit: $unit, status: COMPLETED) { nodes { id } } }",
    "query Q($unit: ID!, $community: ID!) { registrations(unit: $unit, community: $community) { nodes { id } } }",
    "query Q($unit: ID!, $community: ID!) "
    "{ registrations(unit: $unit, community: $community, status: ENDED) { nodes { id } } }",
    "query Q($county: ID!) { assignmentList(county: $county) { nodes { name } } }",
    "query Q($county: ID!) { consentText(division: $county) { version } }",
    "query Q($county: ID!) { heldLines(lane: $county) { nodes { id } } }",
    "query Q($county: ID!) { dataReveals(lane: $county) { nodes { id } } }",
    "query Q($unit: ID!) { dataCorrections(unit: $unit) { nodes { id } } }",
    "query Q($unit: ID!) { dataCorrections(unit: $unit, status: PENDING) { nodes { id } } }",
    "query Q($member: ID!) { member(id: $member) { reveals { nodes { id } } corrections { nodes { id } } "
    "consent { inForce } } }",
    "query Q($county: ID!, $member: ID!) { registrationAudit(lane: $county, filter: {subject: $member}) "
    "{ nodes { id } } }",
    'query Q($county: ID!) { registrationAudit(lane: $county, filter: {actor: "x", since: "2016-01-01T00:00:00Z"}) '
    "{ nodes { id } } }",
    "query Q($county: ID!) { reconciliations(division: $county) { nodes { residual { nodes { status } } } } }",
    "query Q($unit: ID!) { unitResidual(unit: $unit) { nodes { status } } }",
    "query Q($number: String!) { certificate(number: $number) { state } }",
    "query Q($all: [_Any!]!) { _entities(representations: $all) { __typename } }",
)


async def test_every_question_runs_on_an_index(town: Town, asking: Asking) -> None:
    await settle(town, 3)
    registration = await asking.database["registrations"].find_one({}) or {}
    unit, number = registration["unit_id"], registration["certificates"][0]["number"]
    variables = {
        "county": COUNTY,
        "communities": 2,
        "community": COMMUNITY,
        "unit": unit,
        "number": number,
        "member": registration["member_id"],
        "all": [
            {"__typename": "Agreement", "unitId": unit, "communityCode": COMMUNITY},
            {"__typename": "Registration", "id": registration["_id"]},
            {"__typename": "Grid", "id": "g"},
            {"__typename": "Group", "id": "g"},
            {"__typename": "Squad", "id": "s"},
        ],
    }
    with asking.watch.queries() as sent:
        for document in QUESTIONS:
            await asking(document, **{name: value for name, value in variables.items() if f"${name}:" in document})
        queries = list(sent)

    assert len(queries) > 30
    for query in queries:
        explained = await asking.database.command("explain", query, verbosity="executionStats")
        found = stages(explained)
        assert "COLLSCAN" not in found, (query, found)
        assert "SORT" not in found, (query, found)


async def place(town: Town, registration: str) -> None:
    """Into a new squad of a new grid."""
    grids = [{"communityCode": COMMUNITY, "name": "一网格"}]
    (grid,) = await bulk(town, "createGrids", "CreateGridInput", "... on Grid { id }", grids)
    parts = [{"gridId": grid["id"], "name": "一队"}]
    (squad,) = await bulk(town, "createSquads", "CreateSquadInput", "... on Squad { id }", parts)
    row = {"registrationId": registration, "gridId": grid["id"], "squadId": squad["id"]}
    await bulk(town, "placeRegistrations", "PlaceRegistrationInput", "... on Registration { id }", [row])


async def test_commands_read_by_index_too(town: Town, app: FastAPI, database: Database, mongodb_uri: str) -> None:
    unit = await town.register_unit()
    await town.sign(unit)
    watch = Watch()
    running = app.state.running
    async with connect(mongodb_uri, event_listeners=[watch]) as client:
        watched = open_database(client, database.name)
        running.commands.database = watched
        with watch.queries() as sent:
            (member, *_) = await town.staff(unit, 3)
            completed = await town.complete(unit, member)
            await place(town, completed["id"])
            await town.change("endRegistration", token("HOST", COMMUNITY), registrationId=completed["id"], reason="x")
            await town.sign(unit, COMMUNITY, primary=False)
            await town.api.ask(EXPORT, token("MEMBER", member), input={"memberId": member})
            queries = [one for one in sent if "getMore" not in one]
        running.commands.database = database

    assert len(queries) > 10
    for query in queries:
        found = stages(await database.command("explain", query, verbosity="executionStats"))
        assert "COLLSCAN" not in found, (query, found)


def test_resources_are_those_that_resolvers_ask_for(app: FastAPI) -> None:
    assert set(app.state.running.resources) == {Vault, CertificateAddress, Fonts}


@pytest.mark.parametrize("first", [0, 101])
async def test_a_page_is_capped(town: Town, first: int) -> None:
    document = "query Q($c: ID!, $n: Int!) { communities(within: $c, first: $n) { nodes { code } } }"

    assert await town.api.code(document, token("MEMBER", "m"), c=CITY, n=first) == "INVALID_INPUT"
