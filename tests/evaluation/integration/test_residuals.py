"""Every rate has a residual list that names exactly what its denominator counts and its numerator doesn't."""

from datetime import date
from typing import Any

import pytest
from evaluation.api.schema import subgraph
from evaluation.domain.facts import Fact, Kind
from evaluation.domain.figures import FIGURES
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

SUBGRAPH = subgraph()
CITY = Principal("city", (Grant(Role.CITY_ADMIN, "350800"),))
RATES = [figure.id.value for figure in FIGURES.values() if figure.denominator is not None]
LISTS = "residual(first: 100) { nodes { id } } residualFacts(first: 100) { nodes { id kind } }"
ASKED = f"year: 2017, ids: [{' '.join(RATES)}]"
VALUES = f"{{ id numerator denominator value {LISTS} }}"
NEXT_DOOR = "350802001002"


def fact(kind: Kind, id: str, division: str = COMMUNITY, **fields: Any) -> Fact:
    given = {"version": 1, "on": date(2017, 1, 1), "lane": division[:6], "status": "ACTIVE"}
    return Fact.model_validate({**given, **fields, "id": id, "kind": kind, "division": division})


def project(id: str, division: str, unit: str, completed: date | None = None) -> Fact:
    status, days = ("COMPLETED", {"completed": completed}) if completed else ("STARTED", {})
    return fact(Kind.PROJECT, id, division, unit=unit, status=status, days={"started": date(2017, 2, 1), **days})


def confirmed(id: str, member: str, community: str, day: date, unit: str = UNIT) -> Fact:
    served = service(id, member, community, on=date(2017, 3, 5), unit=unit)
    return served.model_copy(update={"days": {"confirmed": day}})


MAY, JUNE = date(2017, 5, 20), date(2017, 6, 1)
FACTS = [
    *(
        division(code).model_copy(update={"status": "COMMUNITY"})
        for code in (COMMUNITY, NEXT_DOOR, OTHER_COMMUNITY, "350803001002")
    ),
    unit(),
    unit(OTHER_UNIT, division="350803001"),
    *(line(f"m{n}") for n in range(4)),
    *(line(f"n{n}", OTHER_UNIT, "350803001") for n in range(2)),
    registration("m0"),
    registration("m1", OTHER_COMMUNITY),
    registration("m2", NEXT_DOOR, on=MAY),
    registration("n0", COMMUNITY, unit=OTHER_UNIT, home="350803001"),
    confirmed("s1", "m0", COMMUNITY, date(2017, 3, 6)),
    confirmed("s2", "m0", OTHER_COMMUNITY, date(2017, 3, 30)),
    confirmed("s3", "m1", OTHER_COMMUNITY, MAY),
    confirmed("s4", "n0", COMMUNITY, date(2017, 3, 12), OTHER_UNIT),
    *(offer(f"w{n}", "WISH", community) for n, community in enumerate((COMMUNITY, COMMUNITY, NEXT_DOOR))),
    offer("w3", "WISH", OTHER_COMMUNITY, status="CLOSED"),
    offer("w4", "WISH", OTHER_COMMUNITY, status="CANCELLED"),
    claim("c1", "m0", "WISH", offer="w0"),
    claim("c2", "m1", "WISH", offer="w1", status="WITHDRAWN", until=JUNE),
    claim("c3", "m1", "WISH", OTHER_COMMUNITY, offer="w3", status="PENDING"),
    offer("p1", "PAIRING"),
    offer("p2", "PAIRING", NEXT_DOOR),
    claim("c4", "m0", "PAIRING", offer="p1", status="HANDED_OVER", until=MAY),
    claim("c5", "m2", "PAIRING", offer="p1", status="COMPLETED").model_copy(update={"on": MAY}),
    project("j1", COMMUNITY, UNIT),
    project("j2", COMMUNITY, UNIT, MAY),
    project("j3", OTHER_COMMUNITY, OTHER_UNIT, JUNE),
    fact(Kind.AGREEMENT, "a1", unit=UNIT),
    fact(Kind.AGREEMENT, "a2", NEXT_DOOR, unit=UNIT, status="ENDED", until=JUNE),
    fact(Kind.LEADER_LINK, "l1", OTHER_COMMUNITY),
    fact(Kind.GRID, "g1"),
    fact(Kind.GRID, "g2"),
]


@pytest.fixture
async def graph(database: Database, commands: Commands) -> Any:
    await commands.run(keep_facts, FACTS)

    async def ask(query: str, by: Principal = CITY, **variables: Any) -> dict[str, Any]:
        context = Context(policy=SUBGRAPH.policy, principal=by, database=database)
        answer = await SUBGRAPH.execute(query, context=context, variables=variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    return ask


def named(value: dict[str, Any]) -> list[str]:
    """The one list that the rate has; a rate without one is no rate."""
    lists = [value[name] for name in ("residual", "residualFacts") if value[name] is not None]
    assert len(lists) == 1, value
    return [node["id"] for node in lists[0]["nodes"]]


def check(values: list[dict[str, Any]]) -> None:
    assert [value["id"] for value in values] == RATES
    for value in values:
        missing = named(value)
        assert len(set(missing)) == len(missing)
        if value["denominator"]:
            assert len(missing) == value["denominator"] - value["numerator"], value
        else:
            assert (value["value"], missing) == (None, []), value


@pytest.mark.parametrize("day", ["2017-04-30", "2017-05-31", "2017-12-31"])
async def test_the_list_of_every_rate_names_exactly_what_is_missing_at_every_level_of_units_and_of_a_line(
    graph: Any, day: str
) -> None:
    places = ["350800", "350802", "350802001", COMMUNITY, NEXT_DOOR, "350803", OTHER_COMMUNITY]
    keys = [{"__typename": "Division", "code": code} for code in places]
    keys += [{"__typename": "Unit", "id": id} for id in (UNIT, OTHER_UNIT)]
    indicators = f'indicators({ASKED}, upTo: "{day}") {VALUES}'
    query = f"""query Q($all: [_Any!]!) {{
        _entities(representations: $all) {{ ... on Division {{ {indicators} }} ... on Unit {{ {indicators} }} }}
        lineIndicators(line: "education", division: "350800", {ASKED}, upTo: "{day}") {VALUES} }}"""

    answer = await graph(query, all=keys)

    for entity in answer["_entities"]:
        check(entity["indicators"])
    check(answer["lineIndicators"])


async def test_a_unit_that_names_itself_is_told_its_own_part_of_a_line_and_nothing_of_another_unit(graph: Any) -> None:
    missing = "residual(unit: $own) { nodes { id } }"
    query = f"""query Q($own: ID!, $other: _Any!) {{
        _entities(representations: [$other]) {{ ... on Unit {{ indicators({ASKED}) {{ {missing} }} }} }}
        lineIndicators(line: "education", division: "3508", year: 2017, ids: [registration_rate]) {{ {missing} }} }}"""
    unit_admin = Principal("officer", (Grant(Role.UNIT_ADMIN, UNIT),))

    answer = await graph(query, unit_admin, own=UNIT, other={"__typename": "Unit", "id": OTHER_UNIT})

    of_line, of_other = answer["lineIndicators"][0], answer["_entities"][0]["indicators"]
    assert [one["id"] for one in of_line["residual"]["nodes"]] == ["m3"]
    assert [one["residual"]["nodes"] for one in of_other if one["residual"]] == [[], []]


async def test_what_is_missing_is_named_as_what_it_is(graph: Any) -> None:
    query = f'{{ lists: indicator(id: %s, division: "350800", year: 2017) {VALUES} }}'

    lists = {rate: named((await graph(query % rate))["lists"]) for rate in RATES}

    assert lists == {
        "registration_rate": ["m3", "n1"],
        "service_rate": ["m1", "m2", "n0"],
        "wish_fulfilment": ["w1", "w2", "w3"],
        "pairing_coverage": ["p2"],
        "projects_done": ["j1"],
        "agreement_coverage": [NEXT_DOOR, OTHER_COMMUNITY, "350803001002"],
        "leader_coverage": [COMMUNITY, NEXT_DOOR, "350803001002"],
        "branch_coverage": [NEXT_DOOR, OTHER_COMMUNITY, "350803001002"],
        "confirmed_in_time": ["s2", "s3"],
    }
