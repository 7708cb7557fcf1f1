"""What the subgraph answers, and at what cost."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from evaluation.api.schema import subgraph
from evaluation.domain.figures import BULLETIN
from evaluation.use_cases.keep_facts import keep_facts
from servicekit.graphql import Context
from servicekit.security import Grant, Principal, Role
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.facts import (
    COMMUNITY,
    OTHER_COMMUNITY,
    OTHER_UNIT,
    UNIT,
    claim,
    division,
    line,
    offer,
    registration,
    service,
    unit,
)
from tests.evaluation.watch import Watch

SUBGRAPH = subgraph()
CITY = Principal("city", (Grant(Role.CITY_ADMIN, "350800"),))


class Asking:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self, query: str, language: Any = "zh", **variables: Any) -> dict[str, Any]:
        context = Context(policy=SUBGRAPH.policy, principal=CITY, language=language, database=self._database)
        answer = await SUBGRAPH.execute(query, context=context, variables=variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def error(self, query: str) -> dict[str, Any]:
        context = Context(policy=SUBGRAPH.policy, principal=CITY, database=self._database)
        answer = await SUBGRAPH.execute(query, context=context)
        error: dict[str, Any] = answer["errors"][0]
        return error

    async def entities(self, selection: str, representations: list[dict[str, Any]]) -> list[Any]:
        query = f"query Q($all: [_Any!]!) {{ _entities(representations: $all) {{ {selection} }} }}"
        entities: list[Any] = (await self(query, all=representations))["_entities"]
        return entities


@pytest.fixture
def ask(database: Database) -> Asking:
    return Asking(database)


@pytest.fixture
async def city(commands: Commands) -> None:
    """Three on the roster; m1 and m2 registered; m1 served twice, m2 once; a post with two claims, a wish with one."""
    facts = [
        division("350800", "龙岩市"),
        *(line(member) for member in ("m1", "m2", "m3")),
        registration("m1"),
        registration("m2", OTHER_COMMUNITY),
        offer("o1", "POST"),
        offer("o2", "WISH", status="CLOSED", version=2),
        claim("c1", "m1", "POST"),
        claim("c2", "m2", "POST", status="WITHDRAWN", version=3),
        claim("c3", "m2", "WISH"),
        service("s1", "m1", hours=150),
        service("s2", "m1", OTHER_COMMUNITY, hours=200),
        service("s3", "m2", hours=100),
        service("s4", "m2", status="SUBMITTED"),
    ]
    await commands.run(keep_facts, facts)


async def test_the_bulletin_counts_every_figure(ask: Asking, city: None) -> None:
    bulletin = (
        await ask(
            '{ bulletin(division: "350800", year: 2017) '
            "{ division divisionName year asOf rows { figure name value numerator denominator unit rule asOf } } }"
        )
    )["bulletin"]

    assert (bulletin["division"], bulletin["divisionName"], bulletin["year"]) == ("350800", "龙岩市", 2017)
    nothing: dict[str, str | None] = {figure.value: "0" for figure in BULLETIN}
    assert {row["figure"]: row["value"] for row in bulletin["rows"]} == nothing | {
        "active_roster_lines": "3",
        "registered_members": "2",
        "registration_rate": "66.67",
        "service_rate": "50.00",
        "communities": "2",
        "posts": "1",
        "post_claims": "1",
        "wishes": "1",
        "wishes_claimed": "1",
        "person_visits": "3",
    }
    assert all(row["rule"] and row["asOf"] for row in bulletin["rows"])


async def test_an_indicator_comes_with_what_it_was_made_of_and_who_is_missing(ask: Asking, city: None) -> None:
    query = (
        '{ indicator(id: service_rate, division: "350800", year: 2017) '
        "{ id name unit value numerator denominator rule residual { nodes { id } pageInfo { hasNextPage } } } }"
    )

    value = (await ask(query, language="en"))["indicator"]

    assert (value["id"], value["name"], value["unit"]) == ("service_rate", "Service rate", "%")
    assert (value["value"], value["numerator"], value["denominator"]) == ("50.00", 1, 2)
    assert value["rule"].startswith("Registered members with at least 2 confirmed services")
    assert value["residual"] == {"nodes": [{"id": "m2"}], "pageInfo": {"hasNextPage": False}}


async def test_a_rate_of_nothing_has_no_value_and_nobody_missing(ask: Asking, commands: Commands) -> None:
    await commands.run(keep_facts, [division("350825")])

    value = (
        await ask('{ indicator(id: service_rate, division: "350825") { value denominator residual { nodes { id } } } }')
    )["indicator"]

    assert value == {"value": None, "denominator": 0, "residual": {"nodes": []}}


async def test_a_count_has_no_residual_list(ask: Asking, city: None) -> None:
    assert await ask('{ indicator(id: posts, division: "350800") { residual { nodes { id } } } }') == {
        "indicator": {"residual": None}
    }


async def test_a_division_nobody_ever_heard_of_is_not_found(ask: Asking) -> None:
    error = await ask.error('{ bulletin(division: "999999", year: 2017) { year } }')

    assert error["extensions"]["code"] == "NOT_FOUND"
    assert error["extensions"]["path"] == "division"


@pytest.mark.parametrize(
    ("arguments", "path"), [("first: 101", "first"), ("first: 0", "first"), ('after: "no cursor!"', "after")]
)
async def test_a_list_refuses_bad_paging(ask: Asking, city: None, arguments: str, path: str) -> None:
    error = await ask.error(f'{{ residual(id: service_rate, division: "350800", {arguments}) {{ nodes {{ id }} }} }}')

    assert (error["extensions"]["code"], error["extensions"]["path"]) == ("INVALID_INPUT", path)


async def test_a_standing_is_the_sum_over_counties(ask: Asking, city: None) -> None:
    standing = (
        await ask(
            '{ standing(memberId: "m1", year: 2017) '
            "{ memberId year services hours vanguards { vanguard services } member { id } } }"
        )
    )["standing"]

    assert standing == {
        "memberId": "m1",
        "year": 2017,
        "services": 2,
        "hours": "3.5",
        "vanguards": [{"vanguard": "MEDIATION", "services": 2}],
        "member": {"id": "m1"},
    }


async def test_a_community_has_its_figures(ask: Asking, city: None) -> None:
    [community] = await ask.entities(
        "... on Community { figures(year: 2017) { registered served serviceRate posts claims wishes wishesClaimed "
        "services hours } }",
        [{"__typename": "Community", "code": COMMUNITY}],
    )

    assert community["figures"] == {
        "registered": 1,
        "served": 1,
        "serviceRate": "100.00",
        "posts": 1,
        "claims": 2,
        "wishes": 1,
        "wishesClaimed": 1,
        "services": 2,
        "hours": "2.5",
    }


async def test_an_agreement_shows_what_the_unit_does_in_the_community(ask: Asking, city: None) -> None:
    [one, other] = await ask.entities(
        "... on Agreement { effect(year: 2017) { registered services hours } }",
        [
            {"__typename": "Agreement", "unitId": UNIT, "communityCode": COMMUNITY},
            {"__typename": "Agreement", "unitId": "unit-9", "communityCode": COMMUNITY},
        ],
    )

    assert one["effect"] == {"registered": 1, "services": 2, "hours": "2.5"}
    assert other["effect"] == {"registered": 0, "services": 0, "hours": "0"}


MANY: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "communities": (
        "... on Community { figures(year: 2017) { services } }",
        lambda n: {"__typename": "Community", "code": f"3508020010{n:02}"},
    ),
    "divisions": (
        "... on Division { indicators(year: 2017) { value } }",
        lambda n: {"__typename": "Division", "code": f"3508{n:02}"},
    ),
    "members": (
        "... on Member { standing(year: 2017) { services member { id } } }",
        lambda n: {"__typename": "Member", "id": f"m{n}"},
    ),
    "standings": (
        "... on Standing { services }",
        lambda n: {"__typename": "Standing", "memberId": f"m{n}", "year": 2017},
    ),
    "agreements": (
        "... on Agreement { effect(year: 2017) { services } }",
        lambda n: {"__typename": "Agreement", "unitId": f"u{n}", "communityCode": COMMUNITY},
    ),
    "units": (
        "... on Unit { indicators(year: 2017, ids: [service_rate]) { value } }",
        lambda n: {"__typename": "Unit", "id": f"u{n}"},
    ),
    "months of units": (
        "... on Unit { indicators(year: 2017, ids: [person_visits]) { trend { value } } }",
        lambda n: {"__typename": "Unit", "id": f"u{n}"},
    ),
    "peers": (
        "... on Division { indicators(year: 2017, ids: [person_visits]) { comparison { value } } }",
        lambda n: {"__typename": "Division", "code": f"3508{n + 10}"},
    ),
}


@pytest.mark.parametrize("what", MANY)
async def test_twenty_parents_cost_no_more_database_queries_than_two(
    ask: Asking, commands: Commands, watch: Watch, what: str
) -> None:
    selection, representation = MANY[what]
    counties = [division(f"3508{number + 10}").model_copy(update={"status": "COUNTY"}) for number in range(20)]
    facts = [fact for number in range(20) for fact in (registration(f"m{number}"), unit(f"u{number}"))]
    await commands.run(keep_facts, [*facts, *counties])

    costs = []
    for size in (2, 20):
        with watch.operations() as operations:
            answered = await ask.entities(selection, [representation(number) for number in range(size)])
            costs.append(len(operations))
        assert len(answered) == size

    assert costs[1] <= costs[0] <= 4


async def test_an_indicator_shows_its_trend_and_the_divisions_of_its_level(ask: Asking, commands: Commands) -> None:
    counties = [division("350802", "新罗区"), division("350803", "永定区")]
    facts = [one.model_copy(update={"status": "COUNTY"}) for one in counties]
    await commands.run(keep_facts, [*facts, service("s1", "m1"), service("s2", "m1", OTHER_COMMUNITY)])

    query = """{ indicator(id: person_visits, division: "350802", year: 2017) {
        trend { month value added } comparison { division value } } }"""
    answer = (await ask(query))["indicator"]

    assert answer["trend"][1:3] == [
        {"month": "2017-02", "value": "0", "added": 0},
        {"month": "2017-03", "value": "1", "added": 1},
    ]
    assert answer["comparison"] == [{"division": "350802", "value": "1"}, {"division": "350803", "value": "1"}]


async def test_an_indicator_of_a_unit_and_of_a_line_shows_its_trend(ask: Asking, commands: Commands) -> None:
    facts = [service("s1", "m1"), service("s2", "m1", OTHER_COMMUNITY, on=date(2017, 4, 7)), service("s3", "m2")]
    facts[2] = facts[2].model_copy(update={"unit": OTHER_UNIT})
    await commands.run(keep_facts, [unit(), unit(OTHER_UNIT), registration("m1"), *facts])
    trends = "trend { month value added }"

    (of_unit,) = await ask.entities(
        f"... on Unit {{ indicators(year: 2017, ids: [person_visits, service_rate, posts]) {{ {trends} }} }}",
        [{"__typename": "Unit", "id": UNIT}],
    )
    of_line = await ask(
        f'{{ lineIndicators(line: "education", division: "350802", year: 2017, ids: [person_visits]) {{ {trends} }} }}'
    )

    visits, rate, posts = (one["trend"] for one in of_unit["indicators"])
    assert [(one["value"], one["added"]) for one in visits[1:4]] == [("0", 0), ("1", 1), ("2", 1)]
    assert [one["value"] for one in rate[1:4]] == ["0.00", "0.00", "100.00"]
    assert posts is None
    assert [one["value"] for one in of_line["lineIndicators"][0]["trend"][1:4]] == ["0", "2", "3"]


async def test_a_division_whose_code_was_withdrawn_is_compared_only_while_something_counts_there(
    ask: Asking, commands: Commands
) -> None:
    codes = [division(f"35080{number}") for number in (2, 3, 4)]
    facts = [one.model_copy(update={"status": "COUNTY", "until": date(2017, 2, 1)}) for one in codes]
    await commands.run(keep_facts, [*facts, service("s1", "m1", OTHER_COMMUNITY)])

    query = """{ indicator(id: person_visits, division: "350802", year: 2017) { comparison { division value } } }"""
    answer = (await ask(query))["indicator"]

    assert answer["comparison"] == [{"division": "350802", "value": "0"}, {"division": "350803", "value": "1"}]


async def test_what_is_compared_is_not_compared_again(ask: Asking, commands: Commands) -> None:
    """A hundred peers of a hundred peers of a hundred: a short query would fill the memory."""
    await commands.run(keep_facts, [division("350802", "新罗区").model_copy(update={"status": "COUNTY"})])
    query = """{ indicator(id: person_visits, division: "350802", year: 2017) {
        comparison { division comparison { division } } } }"""

    extensions = (await ask.error(query))["extensions"]

    assert (extensions["code"], extensions["path"]) == ("INVALID_INPUT", "comparison")


async def test_a_member_sees_each_service_and_whether_it_counts(ask: Asking, city: None) -> None:
    answer = await ask('{ standing(memberId: "m2", year: 2017) { services counted { nodes { id status hours } } } }')

    assert answer["standing"]["services"] == 1
    assert answer["standing"]["counted"]["nodes"] == [
        {"id": "s3", "status": "CONFIRMED", "hours": "1"},
        {"id": "s4", "status": "SUBMITTED", "hours": "1.5"},
    ]


async def test_a_member_sees_by_whom_each_service_was_counted(ask: Asking, commands: Commands) -> None:
    by = {"decider": "the host", "corrector": "the county"}
    services = [service("s1", "m1").model_copy(update=by), service("s2", "m1")]
    await commands.run(keep_facts, [registration("m1"), *services])

    answer = await ask('{ standing(memberId: "m1", year: 2017) { counted { nodes { id decidedBy correctedBy } } } }')

    assert answer["standing"]["counted"]["nodes"] == [
        {"id": "s1", "decidedBy": "the host", "correctedBy": "the county"},
        {"id": "s2", "decidedBy": None, "correctedBy": None},
    ]


def test_nothing_ranks_individuals() -> None:
    """Standings come one member at a time, and no list of members takes an order."""
    lines = [line.strip() for line in SUBGRAPH.sdl.splitlines()]

    assert not [line for line in lines if "[Standing" in line or "StandingConnection" in line]
    lists = [line for line in lines if line.endswith(("MemberConnection", "MemberConnection!"))]
    assert lists
    assert not [line for line in lists if "order" in line.lower() or "sort" in line.lower()]
