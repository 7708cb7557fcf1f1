"""A bulletin's life through the graph, and its files."""

import base64
from pathlib import Path
from typing import Any

import pytest
from evaluation.api.schema import subgraph
from evaluation.settings import EvaluationSettings
from servicekit.documents.fonts import Fonts
from servicekit.events import Event
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.events import consume, division, event, record, registered

SUBGRAPH = subgraph()
CITY = Principal("city", (Grant(Role.CITY_ADMIN, "350800"),))
READER = Principal("reader")
FONTS = Fonts(EvaluationSettings.model_fields["font_folder"].default)
ISSUE = "... on BulletinIssue { id status number rows { figure value inPeriod } corrections { corrected } }"
REFUSAL = "... on Refusal { code message nextStep path }"


class Graph:
    def __init__(self, database: Database, commands: Commands) -> None:
        self.database = database
        self.commands = commands

    async def __call__(self, query: str, principal: Principal = CITY, fonts: Fonts = FONTS) -> dict[str, Any]:
        context = Context(
            policy=SUBGRAPH.policy,
            principal=principal,
            database=self.database,
            commands=self.commands,
            resources={Fonts: fonts},
        )
        return await SUBGRAPH.execute(query, context=context)

    async def change(self, name: str, input: str) -> dict[str, Any]:
        answer = await self(f"mutation {{ {name}(input: {{{input}}}) {{ {ISSUE} {REFUSAL} }} }}")
        assert "errors" not in answer, answer
        changed: dict[str, Any] = answer["data"][name]
        return changed

    async def published(self) -> str:
        draft = await self.change("draftBulletin", 'division: "350800", startsOn: "2017-03-01", endsOn: "2017-03-31"')
        for step in ("freezeBulletin", "publishBulletin"):
            await self.change(step, f'id: "{draft["id"]}"')
        return str(draft["id"])


@pytest.fixture
async def graph(database: Database, commands: Commands) -> Graph:
    await consume(commands, [division("350800", "龙岩市", "CITY"), record("1", 1, "CONFIRMED")])
    return Graph(database, commands)


async def test_a_bulletin_is_drafted_frozen_published_and_read_by_everybody(graph: Graph) -> None:
    id = await graph.published()

    answer = await graph('{ bulletinIssues(division: "350800") { nodes { id number kind digest } } }', READER)

    [one] = answer["data"]["bulletinIssues"]["nodes"]
    assert (one["id"], one["number"], one["kind"]) == (id, "2017-1", "MONTH")
    assert len(one["digest"]) == 64


async def test_an_unpublished_bulletin_is_kept_from_others(graph: Graph) -> None:
    draft = await graph.change("draftBulletin", 'division: "350800", startsOn: "2017-01-01", endsOn: "2017-12-31"')

    mine = await graph('{ bulletinDrafts(division: "350800") { nodes { status rows { value } } } }')
    others = await graph(f'{{ bulletinIssue(id: "{draft["id"]}") {{ status }} }}', READER)

    assert mine["data"]["bulletinDrafts"]["nodes"] == [{"status": "DRAFT", "rows": []}]
    assert others["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_period_that_ends_before_it_starts_is_refused_at_its_field(graph: Graph) -> None:
    refused = await graph.change("draftBulletin", 'division: "350800", startsOn: "2017-03-31", endsOn: "2017-03-01"')

    assert (refused["code"], refused["path"]) == ("InvalidInput", "input.endsOn")


async def test_a_second_freeze_is_refused_with_what_to_do_next(graph: Graph) -> None:
    id = await graph.published()

    refused = await graph.change("freezeBulletin", f'id: "{id}"')

    assert refused["code"] == "BulletinAlreadyFrozen"
    assert refused["nextStep"]


async def test_a_rate_of_nothing_has_no_value(graph: Graph) -> None:
    id = await graph.published()

    answer = await graph(f'{{ bulletinIssue(id: "{id}") {{ rows {{ figure value denominator }} }} }}')

    rates = {row["figure"]: row for row in answer["data"]["bulletinIssue"]["rows"] if row["denominator"] is not None}
    assert {row["value"] for row in rates.values() if row["denominator"] == 0} == {None}
    assert rates["registration_rate"]["value"] is None


@pytest.mark.parametrize(
    ("format", "beginning"), [("MARKDOWN", b"# "), ("HTML", b"<!DOCTYPE"), ("XLSX", b"PK"), ("PDF", b"%PDF-")]
)
async def test_a_published_bulletin_comes_as_a_file(graph: Graph, format: str, beginning: bytes) -> None:
    if format == "PDF" and not FONTS.folder.is_dir():
        pytest.skip("fonts-lxgw-wenkai is not installed")
    id = await graph.published()

    answer = await graph(f'{{ bulletinIssue(id: "{id}") {{ file(format: {format}) {{ fileName contentBase64 }} }} }}')

    file = answer["data"]["bulletinIssue"]["file"]
    assert file["fileName"].startswith("350800-2017-1.")
    assert base64.b64decode(file["contentBase64"]).startswith(beginning)


async def test_a_pdf_without_the_font_is_an_error_that_says_so(graph: Graph, tmp_path: Path) -> None:
    id = await graph.published()

    answer = await graph(
        f'{{ bulletinIssue(id: "{id}") {{ file(format: PDF) {{ fileName }} }} }}', fonts=Fonts(tmp_path)
    )

    assert "fonts-lxgw-wenkai" in answer["errors"][0]["extensions"]["nextStep"]


def unit_registered(id: str, name: str, division: str = "350802001", version: int = 1) -> Event:
    data = {"unit_id": id, "name": name, "line": "education", "division": division}
    return event("registration", "unit-registered", id, version, "350802", data)


@pytest.fixture
async def school(commands: Commands) -> None:
    """Two schools, and one of them served."""
    await consume(commands, [unit_registered("u1", "一中"), unit_registered("u2", "二中")])


MARCH = 'startsOn: "2017-03-01", endsOn: "2017-03-31"'
SCHOOL = Principal("school", (Grant(Role.UNIT_ADMIN, "u1"),))
LINE = Principal("line", (Grant(Role.LINE_ADMIN, "education"),))
READ = """{ bulletinIssues(%s) { nodes { unitId line divisionName number corrections { corrected }
    comparisons { name personVisits } rows { figure value inPeriod } file(format: MARKDOWN) { fileName } } } }"""


async def publish(graph: Graph, whose: str, principal: Principal, period: str = MARCH) -> dict[str, Any]:
    """By who is responsible; as everybody reads the newest."""
    answer = await graph(
        f"mutation {{ draftBulletin(input: {{{whose}, {period}}}) {{ {ISSUE} {REFUSAL} }} }}", principal
    )
    id = answer["data"]["draftBulletin"]["id"]
    for step in ("freezeBulletin", "publishBulletin"):
        answer = await graph(f'mutation {{ {step}(input: {{id: "{id}"}}) {{ {ISSUE} {REFUSAL} }} }}', principal)
        assert answer["data"][step].get("status"), answer
    *_, issue = (await graph(READ % whose, READER))["data"]["bulletinIssues"]["nodes"]
    read: dict[str, Any] = issue
    return read


async def test_a_unit_publishes_a_bulletin_of_its_members_beside_that_of_its_division(
    graph: Graph, school: None
) -> None:
    await graph.published()

    issue = await publish(graph, 'unit: "u1"', SCHOOL)

    figures = {row["figure"]: (row["value"], row["inPeriod"]) for row in issue["rows"]}
    assert (issue["unitId"], issue["divisionName"], issue["number"]) == ("u1", "一中", "2017-1")
    assert figures["person_visits"] == ("1", 1)
    assert "grid_branches" not in figures
    assert issue["comparisons"] == []
    assert issue["file"]["fileName"] == "u1-2017-1.md"


async def test_the_bulletins_of_a_unit_go_on_where_it_moves(graph: Graph, school: None, commands: Commands) -> None:
    await publish(graph, 'unit: "u1"', SCHOOL)
    moved = unit_registered("u1", "一中", "350803001", version=2)
    await consume(commands, [moved, record("1", 2, "REJECTED")])

    again = await graph(f'mutation {{ draftBulletin(input: {{unit: "u1", {MARCH}}}) {{ {REFUSAL} }} }}', SCHOOL)
    april = await publish(graph, 'unit: "u1"', SCHOOL, 'startsOn: "2017-04-01", endsOn: "2017-04-30"')

    assert again["data"]["draftBulletin"]["code"] == "BulletinExists"
    assert april["number"] == "2017-2"
    assert {one["corrected"] for one in april["corrections"]} == {0}


async def test_a_line_publishes_a_bulletin_with_its_units_side_by_side(
    graph: Graph, school: None, commands: Commands
) -> None:
    """Without one that was merged into another."""
    merged = unit_registered("u3", "三中")
    merged.data["merged_into"] = "u1"
    await consume(commands, [merged])

    issue = await publish(graph, 'division: "350800", line: "education"', LINE)

    assert (issue["line"], issue["divisionName"]) == ("education", "龙岩市education条线")
    assert issue["comparisons"] == [{"name": "一中", "personVisits": "1"}, {"name": "二中", "personVisits": "0"}]


REVISED = """{ bulletinIssues(division: "350800") { nodes { number appeals
    revisions { number figure unit published { value numerator denominator } revised { value denominator } } } } }"""


async def test_a_rate_that_comes_otherwise_is_read_with_what_was_said(graph: Graph, commands: Commands) -> None:
    await graph.published()
    await consume(commands, [registered("m1")])
    april = await graph.change("draftBulletin", 'division: "350800", startsOn: "2017-04-01", endsOn: "2017-04-30"')
    for step in ("freezeBulletin", "publishBulletin"):
        await graph.change(step, f'id: "{april["id"]}"')

    _, issue = (await graph(REVISED, READER))["data"]["bulletinIssues"]["nodes"]

    (rate,) = [one for one in issue["revisions"] if one["figure"] == "service_rate"]
    assert (rate["number"], rate["unit"], issue["appeals"]) == ("2017-1", "%", [])
    assert rate["published"] == {"value": None, "numerator": 0, "denominator": 0}
    assert rate["revised"] == {"value": "0.00", "denominator": 1}


BACKWARDS = 'startsOn: "2017-03-31", endsOn: "2017-03-01"'


@pytest.mark.parametrize(
    ("whose", "code", "path"),
    [
        (f"{MARCH}", "InvalidInput", "input.division"),
        (f'division: "350800", unit: "u1", {MARCH}', "InvalidInput", "input.division"),
        (f'division: "350800", line: "unheard of", {MARCH}', "NotFound", "input.line"),
        (f'unit: "u9", {MARCH}', "NotFound", "input.unit"),
        (f'division: "350800", line: "education", {BACKWARDS}', "InvalidInput", "input.endsOn"),
    ],
)
async def test_a_bulletin_of_nobody_is_refused_at_its_field(
    graph: Graph, school: None, whose: str, code: str, path: str
) -> None:
    refused = await graph.change("draftBulletin", whose)

    assert (refused["code"], refused["path"]) == (code, path)
