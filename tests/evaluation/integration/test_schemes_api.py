"""Schemes through the graph: drafted, tried, published by edition; a score explains itself in one query."""

import asyncio
from typing import Any

import pytest
from evaluation.api.schema import subgraph
from evaluation.use_cases.keep_facts import keep_facts
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.facts import COMMUNITY, OTHER_UNIT, UNIT, division, line, offer, registration, service, unit

SUBGRAPH = subgraph()
COUNTY = Principal("county", (Grant(Role.COUNTY_ADMIN, "350802"),))
READER = Principal("reader")
LINE = Principal("line", (Grant(Role.LINE_ADMIN, "education"),))
ITEMS = """[{indicator: registration_rate, weight: "60", target: "100", floor: "0"},
            {indicator: posts, weight: "40", target: "4", floor: "0"}]"""


class Graph:
    def __init__(self, database: Database, commands: Commands) -> None:
        self.database = database
        self.commands = commands

    async def __call__(self, query: str, principal: Principal = COUNTY) -> dict[str, Any]:
        context = Context(policy=SUBGRAPH.policy, principal=principal, database=self.database, commands=self.commands)
        return await SUBGRAPH.execute(query, context=context)

    async def draft(
        self,
        items: str = ITEMS,
        ends_on: str = "2017-12-31",
        level: str = "COMMUNITY",
        line: str = "null",
        principal: Principal = COUNTY,
        starts_on: str = "2017-01-01",
    ) -> dict[str, Any]:
        answer = await self(
            f"""mutation {{ draftScheme(input: {{division: "350802", level: {level}, line: {line}, name: "2017",
                startsOn: "{starts_on}", endsOn: "{ends_on}", items: {items}}}) {{
                ... on Scheme {{ id status edition }} ... on Refusal {{ code path }} }} }}""",
            principal,
        )
        assert "errors" not in answer, answer
        made: dict[str, Any] = answer["data"]["draftScheme"]
        return made

    async def publish(self, id: str, principal: Principal = COUNTY) -> dict[str, Any]:
        answer = await self(
            f'mutation {{ publishScheme(input: {{id: "{id}"}}) {{ '
            "... on Scheme { edition } ... on Refusal { code } } }",
            principal,
        )
        published: dict[str, Any] = answer["data"]["publishScheme"]
        return published


@pytest.fixture
async def graph(database: Database, commands: Commands) -> Graph:
    """A community with one of two registered, and one post of the four that are the target."""
    community = division(COMMUNITY, "东门社区").model_copy(update={"status": "COMMUNITY"})
    lines = [line("m1", division=COMMUNITY), line("m2", division=COMMUNITY)]
    facts = [
        division("350802"),
        community,
        *lines,
        registration("m1", home=COMMUNITY),
        offer("o1", "POST"),
        service("s1", "m1"),
        unit(division=COMMUNITY),
        unit(OTHER_UNIT, line="health", division="350802001"),
        line("m9", OTHER_UNIT, "350802001"),
    ]
    await commands.run(keep_facts, facts)
    return Graph(database, commands)


async def test_a_score_explains_itself_down_to_the_facts_in_one_query(graph: Graph) -> None:
    await graph.publish((await graph.draft())["id"])

    answer = await graph(
        f"""{{ score(division: "{COMMUNITY}", year: 2017) {{
            total outOf scheme {{ edition }}
            items {{ weight target floor attained points
                value {{ id value numerator denominator rule residual {{ nodes {{ id }} }}
                    facts {{ nodes {{ id kind status member {{ id }} }} }} }} }} }} }}"""
    )

    assert "errors" not in answer, answer
    score = answer["data"]["score"]
    rate, posts = score["items"]
    assert (score["total"], score["outOf"], score["scheme"]["edition"]) == ("40.00", "100", 1)
    assert (rate["attained"], rate["points"], rate["value"]["value"]) == ("0.5000", "30.00", "50.00")
    assert rate["value"]["residual"]["nodes"] == [{"id": "m2"}]
    assert [fact["member"] for fact in rate["value"]["facts"]["nodes"]] == [{"id": "m1"}]
    assert [(fact["id"], fact["kind"]) for fact in posts["value"]["facts"]["nodes"]] == [("o1", "OFFER")]


async def test_a_draft_is_tried_without_being_published(graph: Graph) -> None:
    await graph.publish((await graph.draft())["id"])
    stricter = await graph.draft(ITEMS.replace('"4"', '"100"'))

    tried = await graph(f'{{ score(division: "{COMMUNITY}", year: 2017, schemeId: "{stricter["id"]}") {{ total }} }}')
    in_force = await graph(f'{{ score(division: "{COMMUNITY}", year: 2017) {{ total }} }}')

    assert (tried["data"]["score"]["total"], in_force["data"]["score"]["total"]) == ("30.40", "40.00")


async def test_a_draft_is_kept_from_others(graph: Graph) -> None:
    draft = await graph.draft()

    answers = [
        await graph(query, READER)
        for query in (
            f'{{ scheme(id: "{draft["id"]}") {{ name }} }}',
            f'{{ score(division: "{COMMUNITY}", year: 2017, schemeId: "{draft["id"]}") {{ total }} }}',
        )
    ]

    assert {answer["errors"][0]["extensions"]["code"] for answer in answers} == {"FORBIDDEN"}


async def test_facts_are_for_those_above_the_division(graph: Graph) -> None:
    await graph.publish((await graph.draft())["id"])

    answer = await graph(
        f'{{ score(division: "{COMMUNITY}", year: 2017) {{ '
        "total items { value { facts { nodes { id } } } } } }",
        READER,
    )

    assert answer["data"]["score"]["total"] == "40.00"
    assert [item["value"]["facts"] for item in answer["data"]["score"]["items"]] == [None, None]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}


async def test_the_newest_edition_is_in_force_and_an_old_one_stays_readable(graph: Graph) -> None:
    first = await graph.draft()
    second = await graph.draft(ITEMS.replace('"4"', '"1"'))
    editions = [(await graph.publish(one["id"]))["edition"] for one in (first, second)]

    answer = await graph(
        f"""{{ now: score(division: "{COMMUNITY}", year: 2017) {{ total }}
            before: score(division: "{COMMUNITY}", year: 2017, schemeId: "{first["id"]}") {{ total }} }}""",
        READER,
    )

    assert editions == [1, 2]
    assert (answer["data"]["now"]["total"], answer["data"]["before"]["total"]) == ("70.00", "40.00")


async def test_a_scheme_is_in_force_for_its_own_period_and_takes_the_place_of_no_other(graph: Graph) -> None:
    """More editions of a month's scheme are published than of the year's."""
    await graph.publish((await graph.draft())["id"])
    of_december = ITEMS.replace('"4"', '"1"')
    for _ in range(2):
        await graph.publish((await graph.draft(of_december, starts_on="2017-12-01"))["id"])
    await graph.publish((await graph.draft(ITEMS.replace('"4"', '"2"'), "2017-03-31"))["id"])

    answer = await graph(
        f"""{{ year: score(division: "{COMMUNITY}", year: 2017) {{ total }}
            march: score(division: "{COMMUNITY}", year: 2017, upTo: "2017-03-31") {{ total }}
            december: score(division: "{COMMUNITY}", year: 2017, period: MONTH) {{ total }}
            spring: score(division: "{COMMUNITY}", year: 2017, upTo: "2017-03-31", period: QUARTER) {{ total }} }}"""
    )

    totals = {name: score["total"] for name, score in answer["data"].items()}
    assert totals == {"year": "40.00", "march": "40.00", "december": "70.00", "spring": "50.00"}
    none = await graph(f'{{ score(division: "{COMMUNITY}", year: 2017, period: QUARTER) {{ total }} }}')
    assert none["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_schemes_published_at_once_get_different_editions(graph: Graph) -> None:
    drafts = [await graph.draft() for _ in range(3)]

    published = await asyncio.gather(*(graph.publish(draft["id"]) for draft in drafts))

    assert sorted(one["edition"] for one in published) == [1, 2, 3]


@pytest.mark.parametrize(
    ("items", "ends_on", "code", "path"),
    [
        (ITEMS.replace('"40"', '"41"'), "2017-12-31", "WeightsDoNotSum", "input.items"),
        (ITEMS.replace('"40"', '"NaN"'), "2017-12-31", "InvalidInput", "input.items.1.weight"),
        (ITEMS.replace('"4"', '"1e900"'), "2017-12-31", "InvalidInput", "input.items.1.target"),
        (ITEMS, "2016-12-31", "InvalidInput", "input.endsOn"),
    ],
)
async def test_a_bad_scheme_is_refused_by_name_and_stores_nothing(
    graph: Graph, items: str, ends_on: str, code: str, path: str
) -> None:
    refused = await graph.draft(items, ends_on)

    assert (refused["code"], refused["path"]) == (code, path)
    assert await graph.database["schemes"].count_documents({}) == 0


async def test_a_published_scheme_is_not_published_again(graph: Graph) -> None:
    draft = await graph.draft()
    await graph.publish(draft["id"])

    assert (await graph.publish(draft["id"]))["code"] == "SchemeAlreadyPublished"


async def test_facts_come_by_pages_in_their_order(graph: Graph, commands: Commands) -> None:
    await commands.run(keep_facts, [service(f"t{number}", "m1", f"35080200100{number}") for number in range(1, 6)])
    query = '{ facts(id: person_visits, division: "350802", year: 2017, first: 4%s) '
    query += "{ nodes { id division } pageInfo { hasNextPage endCursor } } }"

    first = (await graph(query % ""))["data"]["facts"]
    rest = (await graph(query % f', after: "{first["pageInfo"]["endCursor"]}"'))["data"]["facts"]
    bad = await graph(query % ', after: "nonsense"')

    assert [fact["id"] for fact in first["nodes"] + rest["nodes"]] == ["s1", "t1", "t2", "t3", "t4", "t5"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert bad["errors"][0]["extensions"]["code"] == "INVALID_INPUT"


VISITS = """[{indicator: registration_rate, weight: "60", target: "100", floor: "0"},
            {indicator: person_visits, weight: "40", target: "4", floor: "0"}]"""
EXPLAINED = """{ unitId line total scheme { level line edition } items { points value { numerator denominator
    residual { nodes { id } } facts { nodes { id } } } } }"""


async def test_a_unit_is_scored_by_what_its_members_do_and_the_score_explains_itself(graph: Graph) -> None:
    await graph.publish((await graph.draft(VISITS, level="UNIT"))["id"])

    answer = await graph(f'{{ score(unit: "{UNIT}", year: 2017) {EXPLAINED} }}')

    assert "errors" not in answer, answer
    score = answer["data"]["score"]
    rate, visits = score["items"]
    assert (score["unitId"], score["total"], score["scheme"]["level"]) == (UNIT, "40.00", "UNIT")
    assert (rate["value"]["numerator"], rate["value"]["denominator"], rate["points"]) == (1, 2, "30.00")
    assert rate["value"]["residual"]["nodes"] == [{"id": "m2"}]
    assert visits["value"]["facts"]["nodes"] == [{"id": "s1"}]


async def test_a_line_is_scored_by_its_units_together(graph: Graph) -> None:
    await graph.publish((await graph.draft(VISITS, level="LINE"))["id"])

    answer = await graph(
        f"""{{ education: score(line: "education", division: "350802", year: 2017) {EXPLAINED}
            health: score(line: "health", division: "350802", year: 2017) {EXPLAINED} }}"""
    )

    education, health = answer["data"]["education"], answer["data"]["health"]
    assert (education["line"], education["total"], health["total"]) == ("education", "40.00", "0.00")
    assert health["items"][0]["value"]["residual"]["nodes"] == [{"id": "m9"}]


async def test_a_line_scores_its_own_units_by_its_own_scheme_and_tries_a_draft_before(graph: Graph) -> None:
    await graph.publish((await graph.draft(VISITS, level="UNIT"))["id"])
    own = await graph.draft(VISITS.replace('"4"', '"1"'), level="UNIT", line='"education"', principal=LINE)
    query = '{ score(unit: "%s", year: 2017%s) { total scheme { line } } }'

    tried = await graph(query % (UNIT, f', schemeId: "{own["id"]}"'), LINE)
    before = await graph(query % (UNIT, ""))
    await graph.publish(own["id"], LINE)
    after, others = await graph(query % (UNIT, "")), await graph(query % (OTHER_UNIT, ""))

    assert tried["data"]["score"]["total"] == "70.00"
    assert before["data"]["score"] == {"total": "40.00", "scheme": {"line": None}}
    assert after["data"]["score"] == {"total": "70.00", "scheme": {"line": "education"}}
    assert others["data"]["score"] == {"total": "0.00", "scheme": {"line": None}}


async def test_a_unit_tried_under_a_scheme_of_places_neither_attains_nor_misses_what_only_they_have(
    graph: Graph,
) -> None:
    of_places = await graph.draft()

    answer = await graph(
        f"""{{ score(unit: "{UNIT}", year: 2017, schemeId: "{of_places["id"]}") {{
            total outOf items {{ points value {{ value numerator }} }} }} }}"""
    )

    rate, posts = answer["data"]["score"]["items"]
    assert (answer["data"]["score"]["total"], answer["data"]["score"]["outOf"]) == ("50.00", "60")
    assert (rate["points"], posts["points"], posts["value"]["value"]) == ("30.00", None, None)


async def test_a_unit_of_nobody_scores_none(graph: Graph, commands: Commands) -> None:
    await commands.run(keep_facts, [unit("u9", division=COMMUNITY)])
    rate = '[{indicator: registration_rate, weight: "100", target: "100", floor: "0"}]'
    await graph.publish((await graph.draft(rate, level="UNIT"))["id"])

    answer = await graph('{ score(unit: "u9", year: 2017) { total outOf items { points value { value } } } }')

    assert answer["data"]["score"] == {
        "total": None,
        "outOf": "0",
        "items": [{"points": None, "value": {"value": None}}],
    }


@pytest.mark.parametrize(
    ("items", "level", "line", "ends_on", "code", "path"),
    [
        (ITEMS, "UNIT", "null", "2017-12-31", "InvalidInput", "input.items.1.indicator"),
        (VISITS, "COUNTY", '"education"', "2017-12-31", "InvalidInput", "input.line"),
        (VISITS, "UNIT", '"unheard of"', "2017-12-31", "NotFound", "input.line"),
        (VISITS, "LINE", "null", "2016-12-31", "InvalidInput", "input.endsOn"),
        (VISITS.replace('"40"', '"41"'), "LINE", "null", "2017-12-31", "WeightsDoNotSum", "input.items"),
    ],
)
async def test_a_bad_scheme_of_units_or_lines_is_refused_at_its_field(
    graph: Graph, items: str, level: str, line: str, ends_on: str, code: str, path: str
) -> None:
    refused = await graph.draft(items, ends_on, level, line)

    assert (refused["code"], refused["path"]) == (code, path)
    assert await graph.database["schemes"].count_documents({}) == 0


@pytest.mark.parametrize("arguments", ["", f'division: "350802", unit: "{UNIT}"', 'line: "education"'])
async def test_a_score_is_of_a_division_a_unit_or_a_line_in_a_division(graph: Graph, arguments: str) -> None:
    answer = await graph(f"{{ score({arguments} year: 2017) {{ total }} }}")

    error = answer["errors"][0]["extensions"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", "division")
