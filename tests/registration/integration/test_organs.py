"""Organs, appointments, leader links and profiles: what the floors and the bulletin are counted from."""

import asyncio
from typing import Any

from registration.domain.calendar import city_date
from servicekit.domain import SystemClock
from servicekit.storage.mongo import Database

from tests.registration.integration.test_registration_flow import facts
from tests.registration.samples import CITY, COMMUNITY, COUNTY, OTHER_COMMUNITY
from tests.registration.town import REFUSAL, Json, Town, token

ORGAN = {
    "division": COMMUNITY,
    "kind": "COMPOUND_ORGANISATION",
    "name": "东兴小区",
    "compounds": ["一期", "二期", "一期"],
}
MEANS = {
    "staff": 9,
    "funding": 150_000,
    "premises": 400,
    "addedFunding": 50_000,
    "platform": ["FUNDS", "STAFF", "FUNDS"],
}


async def bulk(town: Town, name: str, shown: str, rows: list[Json], bearer: str | None = None) -> list[Json]:
    kind = f"{name[0].upper()}{name[1:-1]}Input"
    document = (
        f"mutation M($inputs: [{kind}!]!) {{ {name}(inputs: $inputs) {{ __typename "
        f"... on {name[0].upper()}{name[1:]}Payload {{ outcomes {{ __typename {shown} {REFUSAL} }} }} {REFUSAL} }} }}"
    )
    result = await town.api.ask(document, bearer or token("CITY_ADMIN", CITY), inputs=rows)
    outcomes: list[Json] = result["outcomes"]
    return outcomes


async def end(town: Town, name: str, **row: Any) -> Json:
    document = f"mutation M($input: EndTermInput!) {{ {name}(input: $input) {{ __typename {REFUSAL} }} }}"
    result: Json = await town.api.ask(document, token("CITY_ADMIN", CITY), input=row)
    return result


async def officials(town: Town, count: int = 1) -> list[str]:
    return await town.staff(await town.register_unit(), count)


async def test_an_organ_stands_once_in_a_division_until_it_is_dissolved(town: Town) -> None:
    made, twin, elsewhere, nowhere = await bulk(
        town,
        "registerOrgans",
        "... on Organ { id compounds }",
        [ORGAN, ORGAN, {**ORGAN, "division": OTHER_COMMUNITY}, {**ORGAN, "division": "350802009"}],
    )

    dissolved = await end(town, "dissolveOrgan", id=made["id"])
    again = await end(town, "dissolveOrgan", id=made["id"])
    (refounded,) = await bulk(town, "registerOrgans", "... on Organ { id }", [ORGAN])

    assert made["compounds"] == ["一期", "二期"]
    assert [one["__typename"] for one in (twin, elsewhere, nowhere)] == ["OrganAlreadyRegistered", "Organ", "NotFound"]
    assert (dissolved["__typename"], again["__typename"]) == ("Organ", "TermAlreadyEnded")
    assert refounded["id"] != made["id"]
    listed = await town.api.ask(
        '{ organs(within: "350802", kind: COMPOUND_ORGANISATION) { nodes { name division { code } } } }', token()
    )
    assert [one["division"]["code"] for one in listed["nodes"]] == [COMMUNITY, OTHER_COMMUNITY, COMMUNITY]


async def test_the_same_organ_registered_twice_at_once_stands_once(town: Town) -> None:
    outcomes = await asyncio.gather(*(bulk(town, "registerOrgans", "... on Organ { id }", [ORGAN]) for _ in range(5)))

    kinds = sorted(one["__typename"] for (one,) in outcomes)
    assert kinds == ["Organ"] + ["OrganAlreadyRegistered"] * 4


async def test_an_official_serves_in_an_organ_by_rank_or_is_seconded_to_a_community(town: Town) -> None:
    first, second = await officials(town, 2)
    (organ,) = await bulk(town, "registerOrgans", "... on Organ { id }", [ORGAN])
    serving = {"memberId": first, "organId": organ["id"], "role": "ADVISER", "rank": "SECTION"}
    seconded = {"memberId": second, "division": COMMUNITY, "role": "FIRST_SECRETARY", "rank": "DIVISION"}

    outcomes = await bulk(
        town,
        "makeAppointments",
        "... on Appointment { id rank organ { name } division { code } member { id } }",
        [serving, seconded, serving, {**seconded, "organId": organ["id"]}, {**serving, "memberId": "m0"}],
    )

    assert outcomes[0]["organ"] == {"name": "东兴小区"}
    assert (outcomes[1]["organ"], outcomes[1]["division"]) == (None, {"code": COMMUNITY})
    assert [one["__typename"] for one in outcomes[2:]] == ["AppointmentAlreadyMade", "InvalidInput", "NotFound"]
    assert (await end(town, "endAppointment", id=outcomes[0]["id"]))["__typename"] == "Appointment"
    (anew,) = await bulk(town, "makeAppointments", "... on Appointment { id }", [serving])
    assert anew["__typename"] == "Appointment"


APPOINT = "... on Appointment { id }"


async def test_whoever_serves_in_an_organ_does_so_until_it_is_dissolved(town: Town, database: Database) -> None:
    first, second = await officials(town, 2)
    (organ,) = await bulk(town, "registerOrgans", "... on Organ { id }", [ORGAN])
    serving = [
        {"organId": organ["id"], "role": "ADVISER", "rank": "SECTION", "memberId": one} for one in (first, second)
    ]
    past, _ = await bulk(town, "makeAppointments", APPOINT, [{**one, "startsOn": "2017-01-01"} for one in serving])
    await end(town, "endAppointment", id=past["id"], endedOn="2017-06-01")

    await end(town, "dissolveOrgan", id=organ["id"])
    (after,) = await bulk(town, "makeAppointments", APPOINT, serving[:1])

    kept = {one["member_id"]: one["ended_on"] async for one in database["appointments"].find()}
    assert kept == {first: "2017-06-01", second: f"{city_date(SystemClock().now())}"}
    assert after["__typename"] == "NotFound"


async def test_an_organ_dissolved_while_somebody_is_appointed_leaves_nobody_in_it(
    town: Town, database: Database
) -> None:
    people = await officials(town, 6)
    for number, member in enumerate(people):
        (organ,) = await bulk(town, "registerOrgans", "... on Organ { id }", [{**ORGAN, "name": f"小区{number}"}])
        serving = {"organId": organ["id"], "role": "ADVISER", "rank": "SECTION", "memberId": member}

        await asyncio.gather(
            bulk(town, "makeAppointments", APPOINT, [serving]), end(town, "dissolveOrgan", id=organ["id"])
        )

        assert await database["appointments"].count_documents({"organ_id": organ["id"], "ended_on": None}) == 0


async def test_nobody_off_the_roster_is_appointed_or_linked(town: Town) -> None:
    unit = await town.register_unit()
    first, _ = await town.staff(unit, 2)
    await town.staff(unit, 1, start=2)

    row = {"memberId": first, "division": COMMUNITY, "role": "FIRST_SECRETARY", "rank": "SECTION"}
    (appointed,) = await bulk(town, "makeAppointments", "", [row])
    (linked,) = await bulk(town, "linkLeaders", "", [{"memberId": first, "communityCode": COMMUNITY}])

    assert (appointed["code"], linked["code"]) == ("NotOnRoster", "NotOnRoster")


async def test_coverage_is_the_communities_with_a_leader_on_the_day(town: Town) -> None:
    first, second = await officials(town, 2)
    rows = [
        {"memberId": first, "communityCode": COMMUNITY, "startsOn": "2016-01-01"},
        {"memberId": second, "communityCode": COMMUNITY, "startsOn": "2016-06-01"},
        {"memberId": second, "communityCode": OTHER_COMMUNITY, "startsOn": "2016-06-01"},
        {"memberId": second, "communityCode": OTHER_COMMUNITY},
    ]

    outcomes = await bulk(town, "linkLeaders", "... on LeaderLink { id leader { id } }", rows)
    await end(town, "endLeaderLink", id=outcomes[2]["id"], endedOn="2016-09-01")

    assert outcomes[3]["code"] == "LeaderAlreadyLinked"
    document = 'query Q($on: Date!) { leaderCoverage(within: "350800", on: $on) { leaders linked communities } }'
    days = [
        await town.api.ask(document, token(), on=day)
        for day in ("2015-12-31", "2016-01-01", "2016-06-01", "2016-09-01")
    ]
    assert [(one["leaders"], one["linked"], one["communities"]) for one in days] == [
        (0, 0, 2),
        (1, 1, 2),
        (2, 2, 2),
        (2, 1, 2),
    ]


async def test_a_profile_is_set_and_setting_the_same_tells_nobody(town: Town, database: Database) -> None:
    rows = [
        {"communityCode": COMMUNITY, **MEANS},
        {"communityCode": OTHER_COMMUNITY, **MEANS, "addedFunding": 150_001},
        {"communityCode": "350802001009", **MEANS},
        {"communityCode": OTHER_COMMUNITY, **MEANS, "staff": -1},
    ]
    shown = "... on CommunityProfile { funding platform community { name } }"

    outcomes = await bulk(town, "setCommunityProfiles", shown, rows, token("COUNTY_ADMIN", COUNTY))
    await bulk(town, "setCommunityProfiles", shown, rows[:1])

    assert outcomes[0]["platform"] == ["FUNDS", "STAFF"]
    assert [one.get("path") for one in outcomes[1:]] == [
        "inputs.1.addedFunding",
        "inputs.2.communityCode",
        "inputs.3.staff",
    ]
    assert (await facts(database)).count(f"{COUNTY}.registration.profile-changed") == 1
    profile = await town.api.ask(f'{{ communityProfile(code: "{COMMUNITY}") {{ addedFunding premises }} }}', token())
    assert profile == {"addedFunding": 50_000, "premises": 400}


async def test_a_host_keeps_the_own_communitys_register_only(town: Town) -> None:
    rows = [ORGAN, {**ORGAN, "division": OTHER_COMMUNITY}]

    outcomes = await bulk(town, "registerOrgans", "... on Organ { id }", rows, token("HOST", COMMUNITY))

    assert [one["__typename"] for one in outcomes] == ["Organ", "NotPermitted"]
