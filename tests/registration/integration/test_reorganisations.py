"""Communities and units that are merged or split take everybody along, and nobody is counted twice or lost."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from registration.use_cases.reorganise_communities import continue_reorganisations
from servicekit.storage.mongo import Database

from tests.registration.integration.test_reconciliation import import_papers
from tests.registration.samples import CITY, COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_COUNTY, csv_file, person
from tests.registration.town import REFUSAL, Json, Town, token

THIRD = "350802001003"
SHOWN = f"__typename ... on Reorganisation {{ id status people }} ... on MergedIntoItself {{ codeOrId }} {REFUSAL}"


async def order(town: Town, name: str, bearer: str | None = None, **given: Any) -> Json:
    document = f"mutation M($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {SHOWN} }} }}"
    result: Json = await town.api.ask(document, bearer or token("CITY_ADMIN", CITY), input={"reason": "批复", **given})
    return result


async def finish(app: FastAPI) -> int:
    """Until nothing is left to do; how many steps it took."""
    steps = 0
    while await app.state.running.commands.run(continue_reorganisations):
        steps += 1
    return steps


async def add_third(town: Town) -> None:
    document = "mutation M($input: ImportDivisionsInput!) { importDivisions(input: $input) { __typename } }"
    row = {"code": THIRD, "name": "新设社区"}
    await town.api.ask(document, token("CITY_ADMIN", CITY), input={"rows": [row]})


async def reconciled(town: Town, division: str, as_of: str | None = None) -> dict[str, int]:
    document = (
        "mutation M($input: ReconcileInput!) { reconcile(input: $input) "
        f"{{ __typename ... on Reconciliation {{ counts {{ status count }} }} {REFUSAL} }} }}"
    )
    made = await town.api.ask(document, token("CITY_ADMIN", CITY), input={"division": division, "asOf": as_of})
    return {one["status"]: one["count"] for one in made["counts"] if one["count"]}


async def facts(database: Database, fact: str) -> int:
    return await database["outbox"].count_documents({"key": {"$regex": f"registration\\.{fact}$"}})


async def grid(town: Town, community: str, name: str) -> str:
    document = (
        f"mutation M($input: CreateGridInput!) {{ createGrid(input: $input) {{ ... on Grid {{ id }} {REFUSAL} }} }}"
    )
    made = await town.api.ask(document, token("HOST", community), input={"communityCode": community, "name": name})
    return str(made["id"])


async def test_a_merged_community_hands_over_its_people_grids_and_agreements(
    town: Town, app: FastAPI, database: Database
) -> None:
    unit = await town.register_unit()
    first, second, third = await town.staff(unit, 3)
    await town.complete(unit, first)
    certified = await town.certify(unit, (await town.submit(second))["id"])
    await town.sign(unit, COMMUNITY)
    placed = [await grid(town, one, "第一网格") for one in (COMMUNITY, OTHER_COMMUNITY)]

    merged = await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY, effectiveOn="2017-01-01")
    await finish(app)

    assert (merged["status"], merged["people"]) == ("RUNNING", 3)
    moved = await database["registrations"].find({}, {"community_code": 1, "status": 1}).to_list()
    assert {one["community_code"] for one in moved} == {OTHER_COMMUNITY}
    assert {one["residence"] async for one in database["members"].find()} == {OTHER_COMMUNITY}
    names = {one["_id"]: one["name"] async for one in database["grids"].find({"community_code": OTHER_COMMUNITY})}
    assert names == {placed[0]: "第一网格(东兴社区)", placed[1]: "第一网格"}
    agreements = {one["community_code"]: one async for one in database["agreements"].find({"unit_id": unit})}
    assert [(agreements[code]["status"], agreements[code]["primary"]) for code in (COMMUNITY, OTHER_COMMUNITY)] == [
        ("ENDED", True),
        ("ACTIVE", True),
    ]
    done = await database["reorganisations"].find_one({})
    assert done is not None
    assert done["status"] == "DONE"
    assert await facts(database, "registration-moved") == 2
    assert (await town.receive(certified["certificateNumber"], OTHER_COMMUNITY))["status"] == "COMPLETED"
    assert (await town.submit(third))["status"] == "SUBMITTED"


async def test_what_a_merged_community_has_to_work_with_adds_to_the_takers(town: Town, database: Database) -> None:
    await add_third(town)
    document = (
        "mutation M($inputs: [SetCommunityProfileInput!]!) { setCommunityProfiles(inputs: $inputs) "
        "{ ... on SetCommunityProfilesPayload { outcomes { __typename } } } }"
    )
    means = {"staff": 3, "funding": 100_000, "premises": 200, "addedFunding": 20_000}
    rows = [
        {**means, "communityCode": COMMUNITY, "platform": ["RULES"]},
        {**means, "communityCode": OTHER_COMMUNITY, "platform": ["FUNDS"]},
    ]
    await town.api.ask(document, token("COUNTY_ADMIN", COUNTY), inputs=rows)

    await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY, effectiveOn="2017-01-01")
    await order(town, "mergeCommunities", codes=[OTHER_COMMUNITY], into=THIRD, effectiveOn="2017-02-01")

    kept = {one["_id"]: one async for one in database["profiles"].find()}
    assert {code: (one["means"]["funding"], one["since"], one["closed_on"]) for code, one in kept.items()} == {
        COMMUNITY: (100_000, kept[COMMUNITY]["since"], "2017-01-01"),
        OTHER_COMMUNITY: (200_000, "2017-01-01", "2017-02-01"),
        THIRD: (200_000, "2017-02-01", None),
    }
    assert (kept[THIRD]["means"]["staff"], kept[THIRD]["means"]["platform"]) == (6, ["FUNDS", "RULES"])
    late = await town.api.ask(document, token("COUNTY_ADMIN", COUNTY), inputs=rows[:1])
    assert late["outcomes"] == [{"__typename": "CommunityWithdrawn"}]


async def test_a_withdrawn_code_says_who_took_it_over_and_keeps_its_history(town: Town, app: FastAPI) -> None:
    unit = await town.register_unit()
    first, second = await town.staff(unit, 2)
    await town.complete(unit, first)
    await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY, effectiveOn="2017-01-01")
    await finish(app)

    refused = await town.change("submitRegistration", token("MEMBER", second), memberId=second, residence=COMMUNITY)
    found = await town.api.ask(
        "query Q($c: ID!) { division(code: $c) { validUntil successors { code } } }", token("MEMBER", "m"), c=COMMUNITY
    )

    previewed = await town.roster(unit, csv_file([person(1), person(2), person(3)]), "previewRoster")

    assert refused["code"] == "CommunityWithdrawn"
    assert OTHER_COMMUNITY in refused["nextStep"]
    assert (previewed["warnings"], previewed["joined"], previewed["changed"]) == (3, 1, 0)
    assert found == {"validUntil": "2016-12-31", "successors": [{"code": OTHER_COMMUNITY}]}


async def test_a_paper_handed_in_before_the_merge_is_no_duplicate_after_it(town: Town, app: FastAPI) -> None:
    unit = await town.register_unit()
    (first,) = await town.staff(unit)
    await town.complete(unit, first)
    await import_papers(town, [[*person(1)[:2], "", "", ""]])
    before = await reconciled(town, COUNTY)
    await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY)
    await finish(app)

    assert before == await reconciled(town, COUNTY) == {"COMPLETED": 1}
    assert await reconciled(town, OTHER_COMMUNITY) == {"COMPLETED": 1}


async def test_a_large_merge_goes_on_where_it_was_broken_off_and_never_splits_a_person(
    town: Town, app: FastAPI, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registration.use_cases.reorganise_communities.PEOPLE_A_STEP", 2)
    unit = await town.register_unit()
    members = await town.staff(unit, 5)
    for member in members[:3]:
        await town.complete(unit, member)
    begun = await order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY)
    halfway = {one["_id"]: one["residence"] async for one in database["members"].find()}
    registered = {one["member_id"]: one["community_code"] async for one in database["registrations"].find()}

    steps = await finish(app)

    assert begun["people"] == 2
    assert all(halfway[member] == community for member, community in registered.items())
    assert set(registered.values()) == {COMMUNITY, OTHER_COMMUNITY}
    assert {one["community_code"] async for one in database["registrations"].find()} == {OTHER_COMMUNITY}
    assert {one["residence"] async for one in database["members"].find()} == {OTHER_COMMUNITY}
    assert steps == 3
    assert await reconciled(town, COUNTY) == {"COMPLETED": 3, "NOT_REGISTERED": 2}


async def test_a_split_takes_grids_and_members_and_leaves_the_rest(
    town: Town, app: FastAPI, database: Database
) -> None:
    await add_third(town)
    unit = await town.register_unit()
    first, second, third = await town.staff(unit, 3)
    one, *_ = [await town.complete(unit, member) for member in (first, second, third)]
    branch = await grid(town, COMMUNITY, "第一网格")
    await town.change("placeRegistration", token("HOST", COMMUNITY), registrationId=one["id"], gridId=branch)
    part = {"communityCode": THIRD, "gridIds": [branch], "memberIds": [second]}

    await order(town, "splitCommunity", code=COMMUNITY, rest=COMMUNITY, parts=[part], effectiveOn="2017-01-01")
    await finish(app)

    found = {row["member_id"]: row["community_code"] async for row in database["registrations"].find()}
    assert found == {first: THIRD, second: THIRD, third: COMMUNITY}
    kept = await database["grids"].find_one({"_id": branch})
    assert kept is not None
    assert kept["community_code"] == THIRD
    division = await database["divisions"].find_one({"_id": COMMUNITY})
    assert division is not None
    assert division["valid_until"] is None
    assert await reconciled(town, THIRD) == {"COMPLETED": 2}


async def test_whoever_comes_home_before_a_split_is_done_is_not_taken_again(
    town: Town, app: FastAPI, database: Database
) -> None:
    await add_third(town)
    unit = await town.register_unit()
    (member,) = await town.staff(unit, 1)
    registration = await town.complete(unit, member)
    branch = await grid(town, COMMUNITY, "第一网格")
    part = {"communityCode": THIRD, "memberIds": [member]}
    await order(town, "splitCommunity", code=COMMUNITY, rest=COMMUNITY, parts=[part], effectiveOn="2017-01-01")
    await order(town, "mergeCommunities", codes=[THIRD], into=COMMUNITY, effectiveOn="2017-02-01")
    await town.change("placeRegistration", token("HOST", COMMUNITY), registrationId=registration["id"], gridId=branch)

    await finish(app)

    kept = await database["registrations"].find_one({"_id": registration["id"]})
    assert kept is not None
    assert (kept["community_code"], kept["grid_id"]) == (COMMUNITY, branch)
    assert {one["status"] async for one in database["reorganisations"].find()} == {"DONE"}


async def test_a_merged_unit_hands_over_its_roster_registrations_and_agreements(
    town: Town, app: FastAPI, database: Database
) -> None:
    old, new = await town.register_unit(1), await town.register_unit(2)
    (first,) = await town.staff(old)
    await town.complete(old, first)
    await town.sign(old)

    merged = await order(town, "mergeUnits", unitId=old, into=new, effectiveOn="2017-01-01")
    refused = await town.roster(old, csv_file([person(2)]))

    assert (merged["status"], merged["people"]) == ("DONE", 1)
    assert [one["id"] for one in await town.members(new)] == [first]
    assert await town.members(old) == []
    registration = await database["registrations"].find_one({})
    assert registration is not None
    assert (registration["unit_id"], registration["status"]) == (new, "COMPLETED")
    agreement = await database["agreements"].find_one({"unit_id": new})
    assert agreement is not None
    assert (agreement["status"], agreement["primary"]) == ("ACTIVE", True)
    assert refused["code"] == "UnitMerged"
    assert await reconciled(town, COUNTY) == {"COMPLETED": 1}


async def test_a_split_unit_hands_over_the_members_and_agreements_named_and_keeps_its_history(
    town: Town, database: Database
) -> None:
    old, new = await town.register_unit(1), await town.register_unit(2)
    first, second, third = await town.staff(old, 3)
    await town.complete(old, first)
    await town.sign(old)
    signed = await database["agreements"].find_one({"unit_id": old})
    assert signed is not None
    part = {"unitId": new, "memberIds": [first, second], "agreementIds": [signed["_id"]]}

    split = await order(town, "splitUnit", unitId=old, parts=[part], effectiveOn="2017-01-01")

    assert (split["status"], split["people"]) == ("DONE", 2)
    assert {one["id"] for one in await town.members(new)} == {first, second}
    assert [one["id"] for one in await town.members(old)] == [third]
    registration = await database["registrations"].find_one({"member_id": first})
    assert registration is not None
    assert (registration["unit_id"], registration["status"]) == (new, "COMPLETED")
    agreements = {one["unit_id"]: one async for one in database["agreements"].find()}
    assert (agreements[old]["status"], agreements[old]["ended_on"]) == ("ENDED", "2017-01-01")
    assert (agreements[new]["status"], agreements[new]["primary"]) == ("ACTIVE", True)
    left = await database["rosters"].find_one({"unit_id": old, "number": 2})
    assert left is not None
    assert (set(left["left"]), left["lines"], left["effective_on"]) == ({first, second}, 1, "2017-01-01")
    told = await database["reorganisations"].find_one({})
    assert told is not None
    assert (told["kind"], told["sources"], told["target"]) == ("SPLIT_UNIT", [old], old)
    assert await reconciled(town, COUNTY) == {"COMPLETED": 1, "NOT_REGISTERED": 2}


async def test_what_a_unit_has_not_got_is_not_split_off_and_nothing_stored(town: Town, database: Database) -> None:
    old, new = await town.register_unit(1), await town.register_unit(2)
    (mine,) = await town.staff(old)
    before = await database["outbox"].count_documents({})
    parts: list[list[Json]] = [
        [],
        [{"unitId": new}],
        [{"unitId": old, "memberIds": [mine]}],
        [{"unitId": new, "memberIds": ["nobody"]}],
        [{"unitId": new, "agreementIds": ["none"]}],
        [{"unitId": "no unit", "memberIds": [mine]}],
        [{"unitId": new, "memberIds": [mine]}, {"unitId": new, "memberIds": ["m"]}],
    ]

    refused = [await order(town, "splitUnit", unitId=old, parts=one) for one in parts]
    refused.append(await order(town, "splitUnit", unitId=new, parts=[{"unitId": old, "memberIds": [mine]}]))
    refused.append(await order(town, "splitUnit", token("LINE_ADMIN", "health"), unitId=old, parts=[{"unitId": new}]))

    assert [(one["code"], one["path"]) for one in refused] == [
        ("InvalidInput", "input.parts"),
        ("InvalidInput", "input.parts.0"),
        ("MergedIntoItself", "input.parts.0.unitId"),
        ("NotFound", "input.parts.0.memberIds"),
        ("NotFound", "input.parts.0.agreementIds"),
        ("NotFound", "input.parts.0.unitId"),
        ("InvalidInput", "input.parts.1"),
        ("NotOfThisUnit", "input.parts.0.memberIds"),
        ("NotPermitted", "input"),
    ]
    assert await database["outbox"].count_documents({}) == before


async def test_of_two_splits_that_want_the_same_member_at_once_one_is_refused(town: Town) -> None:
    old, first, second = [await town.register_unit(number) for number in (1, 2, 3)]
    (member,) = await town.staff(old)

    outcomes = await asyncio.gather(
        *(order(town, "splitUnit", unitId=old, parts=[{"unitId": to, "memberIds": [member]}]) for to in (first, second))
    )

    assert sorted(one["__typename"] for one in outcomes) == ["NotOfThisUnit", "Reorganisation"]


@pytest.mark.parametrize("name", ["mergeCommunities", "splitCommunity", "mergeUnits", "splitUnit"])
async def test_nothing_is_merged_or_split_ahead_of_its_day(town: Town, name: str) -> None:
    one, other = await town.register_unit(1), await town.register_unit(2)
    (member,) = await town.staff(one)
    given: Json = {
        "mergeCommunities": {"codes": [COMMUNITY], "into": OTHER_COMMUNITY},
        "splitCommunity": {
            "code": COMMUNITY,
            "rest": COMMUNITY,
            "parts": [{"communityCode": OTHER_COMMUNITY, "memberIds": [member]}],
        },
        "mergeUnits": {"unitId": one, "into": other},
        "splitUnit": {"unitId": one, "parts": [{"unitId": other, "memberIds": [member]}]},
    }[name]

    refused = await order(town, name, **given, effectiveOn="2999-01-01")

    assert (refused["code"], refused["path"]) == ("DayToCome", "input.effectiveOn")
    assert "that day or later" in refused["nextStep"]


async def test_what_cannot_be_merged_or_split_is_refused_and_nothing_stored(town: Town, database: Database) -> None:
    unit, other = await town.register_unit(1), await town.register_unit(2)
    await add_third(town)
    before = await database["outbox"].count_documents({})
    part = {"communityCode": THIRD, "gridIds": ["no such grid"]}
    twice = [{"communityCode": THIRD, "memberIds": ["m"]}, {"communityCode": OTHER_COMMUNITY, "memberIds": ["m"]}]

    refused = [
        await order(town, "mergeCommunities", codes=[COMMUNITY], into=COMMUNITY),
        await order(town, "mergeCommunities", codes=[COMMUNITY], into="350802001999"),
        await order(town, "mergeCommunities", codes=[], into=COMMUNITY),
        await order(town, "mergeUnits", unitId=unit, into=unit),
        await order(town, "splitCommunity", code=COMMUNITY, rest=COMMUNITY, parts=[part]),
        await order(town, "splitCommunity", code=COMMUNITY, rest=COMMUNITY, parts=twice),
        await order(town, "mergeCommunities", token("COUNTY_ADMIN", OTHER_COUNTY), codes=[COMMUNITY], into=THIRD),
        await order(town, "mergeUnits", token("LINE_ADMIN", "health"), unitId=unit, into=other),
    ]

    assert [(one["code"], one["path"]) for one in refused] == [
        ("MergedIntoItself", "input.codes.0"),
        ("NotFound", "input.into"),
        ("InvalidInput", "input.codes"),
        ("MergedIntoItself", "input.into"),
        ("NotFound", "input.parts.0.gridId"),
        ("InvalidInput", "input.parts.1"),
        ("NotPermitted", "input"),
        ("NotPermitted", "input"),
    ]
    assert await database["outbox"].count_documents({}) == before


async def test_of_two_merges_of_a_community_at_once_one_is_refused(town: Town) -> None:
    await add_third(town)

    outcomes = await asyncio.gather(
        order(town, "mergeCommunities", codes=[COMMUNITY], into=THIRD),
        order(town, "mergeCommunities", codes=[COMMUNITY], into=OTHER_COMMUNITY),
    )

    assert sorted(one["__typename"] for one in outcomes) == ["CommunityWithdrawn", "Reorganisation"]


@pytest.mark.parametrize("round", range(4))
async def test_nothing_is_signed_for_a_unit_that_is_merged_at_the_same_moment(
    town: Town, database: Database, round: int
) -> None:
    merged, into = await town.register_unit(1), await town.register_unit(2)

    await asyncio.gather(town.sign(merged), order(town, "mergeUnits", unitId=merged, into=into))

    assert await database["units"].count_documents({"_id": merged, "merged_into": into}) == 1
    assert await database["agreements"].count_documents({"unit_id": merged, "status": "ACTIVE"}) == 0
