"""Whatever changes where a member belongs changes the registration with it; whom nothing places the county assigns."""

import asyncio
from typing import Any

from fastapi import FastAPI
from registration.use_cases.end_agreement import run_out_agreements
from servicekit.storage.mongo import Database

from tests.registration.samples import COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_COUNTY, csv_file, person
from tests.registration.town import REFUSAL, Json, Town, token

THIRD = "350802001003"


async def standing(database: Database) -> list[tuple[str, str, str]]:
    found = database["registrations"].find({"status": {"$in": ["SUBMITTED", "CERTIFIED", "COMPLETED"]}}).sort("_id")
    return [(one["status"], one["community_code"], one["basis"]) async for one in found]


async def third_community(town: Town) -> None:
    document = "mutation M($input: ImportDivisionsInput!) { importDivisions(input: $input) { __typename } }"
    rows = [{"code": THIRD, "name": "新设社区"}]
    await town.api.ask(document, token("CITY_ADMIN", "350800"), input={"rows": rows})


async def end_agreement(town: Town, agreement: str) -> None:
    document = "mutation M($input: EndAgreementInput!) { endAgreement(input: $input) { __typename } }"
    ended = await town.api.ask(document, token("COUNTY_ADMIN", COUNTY), input={"id": agreement})
    assert ended["__typename"] == "Agreement"


async def assign(town: Town, member: str, community: str = COMMUNITY, county: str = COUNTY) -> Json:
    document = (
        "mutation M($inputs: [AssignMemberInput!]!) { assignMembers(inputs: $inputs) { "
        "... on AssignMembersPayload { outcomes { __typename ... on Member { id } "
        f"... on PlacementKnown {{ communityCode basis }} {REFUSAL} }} }} }} }}"
    )
    row = {"memberId": member, "communityCode": community, "reason": "就近安排"}
    answer = await town.api.ask(document, token("COUNTY_ADMIN", county), inputs=[row])
    outcome: Json = answer["outcomes"][0]
    return outcome


async def to_assign(town: Town, county: str = COUNTY) -> list[Any]:
    document = "query Q($c: ID!) { assignmentList(county: $c) { nodes { id } } }"
    found = await town.api.ask(document, token("COUNTY_ADMIN", county), c=county)
    return [one["id"] for one in found["nodes"]]


async def test_an_agreement_that_ran_out_places_nobody_any_more_and_is_ended_once(
    town: Town, app: FastAPI, database: Database
) -> None:
    unit = await town.register_unit()
    signed = await town.sign(unit, COMMUNITY, endsOn="2999-12-31")
    first, second = await town.staff(unit, 2, residence="")
    await town.complete(unit, first)
    await town.submit(second)
    before = await standing(database)
    run = app.state.running.commands.run
    early = await run(run_out_agreements)
    await database["agreements"].update_one({"_id": signed["id"]}, {"$set": {"ends_on": "2016-12-31"}})

    ended = await asyncio.gather(run(run_out_agreements), run(run_out_agreements))

    assert [one[2] for one in before] == ["PAIRED_UNIT", "PAIRED_UNIT"]
    assert (early, sorted(ended), await run(run_out_agreements)) == (0, [0, 1], 0)
    kept = await database["agreements"].find_one({"_id": signed["id"]})
    assert kept is not None
    assert (kept["status"], kept["ended_on"]) == ("ENDED", "2017-01-01")
    assert await standing(database) == [("COMPLETED", COMMUNITY, "PAIRED_UNIT")]
    assert await to_assign(town) == [second]
    assert await database["outbox"].count_documents({"key": {"$regex": "agreement-ended$"}}) == 1
    assert (await town.sign(unit, OTHER_COMMUNITY))["status"] == "ACTIVE"


async def test_a_roster_that_moves_a_registered_member_opens_a_transfer(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    await town.complete(unit, member)

    await town.roster(unit, csv_file([person(1, residence=OTHER_COMMUNITY)]))

    assert await standing(database) == [
        ("COMPLETED", COMMUNITY, "RESIDENCE"),
        ("SUBMITTED", OTHER_COMMUNITY, "RESIDENCE"),
    ]
    opened = await database["registrations"].find_one({"status": "SUBMITTED"})
    assert opened is not None
    await town.receive((await town.certify(unit, opened["_id"]))["certificateNumber"], OTHER_COMMUNITY)
    assert await standing(database) == [("COMPLETED", OTHER_COMMUNITY, "RESIDENCE")]


async def test_a_roster_that_moves_a_member_back_takes_the_transfer_back(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    await town.complete(unit, member)

    for community in (OTHER_COMMUNITY, COMMUNITY):
        await town.roster(unit, csv_file([person(1, residence=community)]))

    assert await standing(database) == [("COMPLETED", COMMUNITY, "RESIDENCE")]


async def test_a_paper_that_names_another_community_is_void_when_the_member_moves(
    town: Town, database: Database
) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])

    await town.roster(unit, csv_file([person(1, residence=OTHER_COMMUNITY)]))
    refused = await town.receive(certified["certificateNumber"], OTHER_COMMUNITY)

    assert await standing(database) == [("SUBMITTED", OTHER_COMMUNITY, "RESIDENCE")]
    assert refused["code"] == "CertificateVoided"


async def test_when_an_agreement_ends_who_is_under_way_comes_onto_the_list_and_who_is_registered_stays(
    town: Town, database: Database
) -> None:
    unit = await town.register_unit()
    agreement = await town.sign(unit)
    first, second, third = await town.staff(unit, 3, residence="")
    await town.complete(unit, first, OTHER_COMMUNITY)
    await town.submit(second)

    await end_agreement(town, agreement["id"])

    assert await standing(database) == [("COMPLETED", OTHER_COMMUNITY, "PAIRED_UNIT")]
    assert await to_assign(town) == sorted([second, third])


async def test_a_new_primary_agreement_takes_those_along_whom_the_old_one_placed(
    town: Town, database: Database
) -> None:
    await third_community(town)
    unit = await town.register_unit()
    agreement = await town.sign(unit)
    first, second = await town.staff(unit, 2, residence="")
    await town.complete(unit, first, OTHER_COMMUNITY)
    await end_agreement(town, agreement["id"])

    await town.sign(unit, THIRD)

    assert (await town.submit(second))["basis"] == "PAIRED_UNIT"
    assert await standing(database) == [
        ("COMPLETED", OTHER_COMMUNITY, "PAIRED_UNIT"),
        ("SUBMITTED", THIRD, "PAIRED_UNIT"),
        ("SUBMITTED", THIRD, "PAIRED_UNIT"),
    ]


async def test_the_county_works_off_its_list_with_a_reason(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit, residence="")

    assigned = await assign(town, member)
    submitted = await town.submit(member)
    again = await assign(town, member, OTHER_COMMUNITY)

    assert assigned == {"__typename": "Member", "id": member}
    assert await to_assign(town) == []
    assert submitted["basis"] == "ASSIGNED"
    assert (again["code"], again["communityCode"], again["basis"]) == ("PlacementKnown", COMMUNITY, "ASSIGNED")
    kept = await database["members"].find_one({"_id": member})
    assert kept is not None
    assert kept["assignment"]["reason"] == "就近安排"


async def test_a_county_assigns_its_own_people_to_its_own_communities(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit, residence="")

    assert (await assign(town, member, county=OTHER_COUNTY))["code"] == "NotPermitted"
    assert (await assign(town, member, "350803001001"))["code"] == "NotPermitted"
    assert (await assign(town, member, "350802001999"))["code"] == "NotFound"


async def test_whoever_went_to_a_unit_of_another_county_is_that_countys_to_assign_look_into_and_audit(
    town: Town,
) -> None:
    old, new = await town.register_unit(1), await town.register_unit(2, OTHER_COUNTY)
    (member,) = await town.staff(old, residence="")
    move = "mutation M($input: TransferMemberInput!) { transferMember(input: $input) { __typename } }"
    await town.api.ask(move, token("CITY_ADMIN", "350800"), input={"memberId": member, "toUnitId": new})
    reveal = {"memberId": member, "fields": ["NAME"], "purpose": "CONTACT", "note": "电话联系"}
    document = "mutation M($input: RevealPersonalDataInput!) { revealPersonalData(input: $input) { __typename } }"
    await town.api.ask(document, token("COUNTY_ADMIN", OTHER_COUNTY), input=reveal)
    await town.roster(old, csv_file([person(1, residence="")]))

    assert (await to_assign(town), await to_assign(town, OTHER_COUNTY)) == ([], [member])
    assert (await assign(town, member))["__typename"] == "NotPermitted"
    for asked, role in (("heldLines", "COUNTY_ADMIN"), ("dataReveals", "AUDITOR")):
        document = f"query Q($lane: ID!) {{ {asked}(lane: $lane) {{ nodes {{ id }} }} }}"
        told = [await town.api.ask(document, token(role, lane), lane=lane) for lane in (COUNTY, OTHER_COUNTY)]
        assert [len(one["nodes"]) for one in told] == [0, 1], asked
