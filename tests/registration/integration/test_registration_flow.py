"""From the roster to the receipt, through the API alone."""

import bson
import pytest
from registration.domain.certificates import certificate_number
from servicekit.storage.mongo import CODEC, Database

from tests.registration.samples import CITY, COMMUNITY, COUNTY, DIVISIONS, OTHER_COMMUNITY, credit_code, id_number
from tests.registration.town import REFUSAL, Town, token


async def facts(database: Database) -> list[str]:
    return [one["key"] async for one in database["outbox"].find().sort("_id")]


async def test_a_member_comes_home(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)

    submitted = await town.submit(member)
    certified = await town.certify(unit, submitted["id"])
    completed = await town.receive(certified["certificateNumber"], receivedOn="2016-05-01")

    assert (submitted["status"], submitted["basis"]) == ("SUBMITTED", "RESIDENCE")
    assert certified["status"] == "CERTIFIED"
    assert (completed["status"], completed["completedOn"]) == ("COMPLETED", "2016-05-01")
    assert await facts(database) == [
        *[f"{code[:6]}.registration.division-imported" for code in sorted(DIVISIONS, key=len)],
        f"{COUNTY}.registration.unit-registered",
        f"{COUNTY}.registration.member-joined",
        f"{COUNTY}.registration.roster-applied",
        f"{COUNTY}.registration.registration-submitted",
        f"{COUNTY}.registration.registration-certified",
        f"{COUNTY}.registration.registration-completed",
    ]


async def test_personal_data_is_nowhere_in_clear(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    await town.complete(unit, member)

    stored = b""
    for name in await database.list_collection_names():
        async for document in database[name].find():
            stored += bson.encode(document, codec_options=CODEC)

    for secret in ("张三", id_number(1), "13800000000"):
        assert secret.encode() not in stored
    (shown,) = await town.members(unit)
    assert (shown["name"], shown["idNumber"], shown["phone"]) == (
        "张*",
        f"350802********{id_number(1)[-4:]}",
        "138****0000",
    )


async def test_a_person_without_residence_goes_to_the_units_primary_community(town: Town) -> None:
    unit = await town.register_unit()
    await town.sign(unit, OTHER_COMMUNITY)
    (member,) = await town.staff(unit, residence="")

    submitted = await town.submit(member)

    assert submitted["basis"] == "PAIRED_UNIT"
    found = await town.api.ask(
        "query Q($id: ID!) { registration(id: $id) { community { code } } }",
        token("UNIT_ADMIN", unit),
        id=submitted["id"],
    )
    assert found["community"]["code"] == OTHER_COMMUNITY


async def test_whoever_can_not_be_placed_is_refused_and_on_the_countys_list(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit, residence="")
    to_assign = (
        "query Q($county: ID!) { assignmentList(county: $county) { nodes { id name } pageInfo { hasNextPage } } }"
    )

    refused = await town.submit(member)
    listed = await town.api.ask(to_assign, token("COUNTY_ADMIN", COUNTY), county=COUNTY)
    placed = await town.change("submitRegistration", token("MEMBER", member), memberId=member, residence=COMMUNITY)
    afterwards = await town.api.ask(to_assign, token("COUNTY_ADMIN", COUNTY), county=COUNTY)

    assert refused["code"] == "NoPlacement"
    assert COUNTY in refused["nextStep"]
    assert [one["id"] for one in listed["nodes"]] == [member]
    assert placed["basis"] == "RESIDENCE"
    assert afterwards["nodes"] == []


async def test_the_units_agreement_takes_its_members_off_the_countys_list(town: Town) -> None:
    unit = await town.register_unit()
    await town.staff(unit, residence="")
    await town.sign(unit)

    listed = await town.api.ask(
        "query Q($county: ID!) { assignmentList(county: $county) { nodes { id } } }",
        token("COUNTY_ADMIN", COUNTY),
        county=COUNTY,
    )

    assert listed["nodes"] == []


async def test_a_voided_certificate_is_refused_with_the_date_and_its_successor_completes(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    registration = (await town.submit(member))["id"]
    old = (await town.certify(unit, registration))["certificateNumber"]
    admin = token("UNIT_ADMIN", unit)

    voided = await town.change("voidCertificate", admin, registrationId=registration, reason="遗失")
    new = (await town.certify(unit, registration))["certificateNumber"]
    refused = await town.receive(old)
    completed = await town.receive(new)

    assert voided["status"] == "SUBMITTED"
    assert old != new
    assert refused["code"] == "CertificateVoided"
    assert "voided on" in refused["message"]
    assert completed["status"] == "COMPLETED"


async def test_a_second_receipt_of_the_same_certificate_is_refused(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])

    await town.receive(certified["certificateNumber"])
    again = await town.receive(certified["certificateNumber"])

    assert again["code"] == "RegistrationAlreadyCompleted"


async def test_a_rejected_or_withdrawn_member_may_submit_again(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)

    first = await town.submit(member)
    twice = await town.submit(member)
    admin = token("UNIT_ADMIN", unit)
    rejected = await town.change("rejectRegistration", admin, registrationId=first["id"], reason="不符")
    second = await town.submit(member)
    withdrawn = await town.change(
        "withdrawRegistration", token("MEMBER", member), registrationId=second["id"], reason="搬家"
    )
    third = await town.submit(member)

    assert twice["code"] == "RegistrationAlreadySubmitted"
    assert (rejected["status"], withdrawn["status"], third["status"]) == ("REJECTED", "WITHDRAWN", "SUBMITTED")


async def test_an_ended_registration_leaves_the_community(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    completed = await town.complete(unit, member)
    listing = "query Q($code: ID!) { community(code: $code) { members { nodes { id } } } }"
    host = token("HOST", COMMUNITY)

    before = await town.api.ask(listing, host, code=COMMUNITY)
    ended = await town.change("endRegistration", host, registrationId=completed["id"], reason="迁出")
    after = await town.api.ask(listing, host, code=COMMUNITY)

    assert [one["id"] for one in before["members"]["nodes"]] == [member]
    assert ended["status"] == "ENDED"
    assert after["members"]["nodes"] == []


async def test_anybody_may_verify_a_certificate_and_learns_only_what_the_paper_shows(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])
    number = certified["certificateNumber"]
    document = "query Q($n: String!) { certificate(number: $n) { number state name unit community issuedOn voidedOn } }"

    before = await town.api.ask(document, n=number.lower())
    await town.receive(number)
    after = await town.api.ask(document, n=number)
    unknown = await town.api.ask(document, n=certificate_number(COUNTY, 1))
    mistyped = await town.api.code(document, n=number[:-1] + ("1" if number[-1] != "1" else "2"))

    assert {key: before[key] for key in ("number", "state", "name", "unit", "community")} == {
        "number": number,
        "state": "IN_FORCE",
        "name": "张*",
        "unit": "单位1",
        "community": "东兴社区",
    }
    assert after["state"] == "RECEIVED"
    assert unknown is None
    assert mistyped == "INVALID_INPUT"


async def test_the_host_can_not_look_up_a_number_that_was_not_presented(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])
    document = (
        "query Q($c: ID!) { registrations(community: $c) "
        "{ nodes { certificateNumber certificate { number qrPayload qrSvg } } } }"
    )

    (hidden,) = (await town.api.ask(document, token("HOST", COMMUNITY), c=COMMUNITY))["nodes"]
    (own,) = await town.members(unit)
    await town.receive(certified["certificateNumber"])
    (shown,) = (await town.api.ask(document, token("HOST", COMMUNITY), c=COMMUNITY))["nodes"]

    assert hidden == {"certificateNumber": None, "certificate": None}
    assert own["registration"]["certificateNumber"] == certified["certificateNumber"]
    assert shown["certificate"]["qrPayload"] == f"https://huijia.test/certificate/{certified['certificateNumber']}"
    assert shown["certificate"]["qrSvg"].startswith("<svg")


async def test_bulk_rows_end_each_in_its_own_outcome(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    first, second = await town.staff(unit, 2)
    rows = [{"memberId": first}, {"memberId": "nobody"}, {"memberId": first}, {"memberId": second, "residence": "12"}]

    result = await town.bulk("submitRegistrations", token("UNIT_ADMIN", unit), rows)

    outcomes = result["outcomes"]
    assert [one["__typename"] for one in outcomes] == [
        "Registration",
        "NotFound",
        "RegistrationAlreadySubmitted",
        "InvalidInput",
    ]
    assert [one.get("path") for one in outcomes[1:]] == ["inputs.1.memberId", "inputs.2", "inputs.3.residence"]
    assert await database["registrations"].count_documents({}) == 1


async def test_a_batch_of_nothing_but_unknown_rows_is_answered(town: Town) -> None:
    unit = await town.register_unit()

    result = await town.bulk("certifyRegistrations", token("UNIT_ADMIN", unit), [{"registrationId": "no"}])

    assert [one["code"] for one in result["outcomes"]] == ["NotFound"]


async def test_501_rows_are_refused_and_nothing_is_stored(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)

    result = await town.bulk("submitRegistrations", token("UNIT_ADMIN", unit), [{"memberId": member}] * 501)

    assert result["code"] == "TooManyRows"
    assert await database["registrations"].count_documents({}) == 0


async def test_a_completed_member_is_put_into_a_grid_of_the_own_community_only(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    completed = await town.complete(unit, member)
    document = (
        "mutation M($inputs: [CreateGridInput!]!) { createGrids(inputs: $inputs) { __typename "
        f"... on CreateGridsPayload {{ outcomes {{ __typename ... on Grid {{ id compounds }} {REFUSAL} }} }} }} }}"
    )
    rows = [
        {"communityCode": COMMUNITY, "name": "一网格", "compounds": ["东方花园", "东方花园", " "]},
        {"communityCode": OTHER_COMMUNITY, "name": "一网格"},
        {"communityCode": COMMUNITY, "name": "一网格"},
    ]

    grids = (await town.api.ask(document, token("COUNTY_ADMIN", COUNTY), inputs=rows))["outcomes"]
    host = token("HOST", COMMUNITY)
    wrong = await town.change("placeRegistration", host, registrationId=completed["id"], gridId=grids[1]["id"])
    right = await town.change("placeRegistration", host, registrationId=completed["id"], gridId=grids[0]["id"])
    shown = await town.api.ask(
        "query Q($id: ID!) { registration(id: $id) { grid { name community { code } } } }", host, id=completed["id"]
    )

    assert grids[0]["compounds"] == ["东方花园"]
    assert grids[2]["code"] == "GridAlreadyExists"
    assert wrong["code"] == "GridOfAnotherCommunity"
    assert right["status"] == "COMPLETED"
    assert shown["grid"] == {"name": "一网格", "community": {"code": COMMUNITY}}


async def test_a_receipt_dated_in_the_future_is_refused(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    certified = await town.certify(unit, (await town.submit(member))["id"])

    refused = await town.receive(certified["certificateNumber"], receivedOn="2999-01-01")

    assert (refused["code"], refused["path"]) == ("InvalidInput", "input.receivedOn")


async def test_units_and_agreements_refuse_what_is_there_already(town: Town) -> None:
    unit = await town.register_unit()
    document = (
        "mutation M($i: RegisterUnitInput!) { registerUnit(input: $i) { ... on UnitAlreadyRegistered { unitId } } }"
    )
    row = {"name": "x", "creditCode": credit_code(1), "line": "l", "division": COUNTY}

    again = await town.api.ask(document, token("CITY_ADMIN", CITY), i=row)
    signed = await town.sign(unit, COMMUNITY)
    twice = await town.sign(unit, COMMUNITY)
    second_primary = await town.sign(unit, OTHER_COMMUNITY)
    second = await town.sign(unit, OTHER_COMMUNITY, primary=False)

    assert again == {"unitId": unit}
    assert signed["status"] == "ACTIVE"
    assert twice["code"] == "AgreementAlreadyActive"
    assert second_primary["code"] == "PrimaryAgreementExists"
    assert second["primary"] is False


async def test_an_ended_agreement_is_renewed_under_its_id(town: Town) -> None:
    unit = await town.register_unit()
    signed = await town.sign(unit, COMMUNITY)
    end = (
        "mutation M($i: EndAgreementInput!) "
        "{ endAgreement(input: $i) { __typename ... on Agreement { status endedOn } } }"
    )

    ended = await town.api.ask(end, token("UNIT_ADMIN", unit), i={"id": signed["id"], "endedOn": "2016-01-01"})
    again = await town.api.ask(end, token("UNIT_ADMIN", unit), i={"id": signed["id"]})
    renewed = await town.sign(unit, COMMUNITY, startsOn="2016-02-01")

    assert ended == {"__typename": "Agreement", "status": "ENDED", "endedOn": "2016-01-01"}
    assert again["__typename"] == "AgreementAlreadyEnded"
    assert renewed["id"] == signed["id"]
    assert renewed["status"] == "ACTIVE"


@pytest.mark.parametrize(("compound", "grid"), [("阳光小区", "一网格"), ("月光小区", None), (None, None)])
async def test_a_receipt_puts_the_member_into_the_grid_that_covers_the_compound(
    town: Town, compound: str | None, grid: str | None
) -> None:
    create = "mutation M($i: [CreateGridInput!]!) { createGrids(inputs: $i) { __typename } }"
    rows = [
        {"communityCode": COMMUNITY, "name": "一网格", "compounds": ["阳光小区", "星光小区"]},
        {"communityCode": COMMUNITY, "name": "二网格", "compounds": ["天光小区"]},
    ]
    await town.api.ask(create, token("HOST", COMMUNITY), i=rows)
    unit = await town.register_unit()
    (member,) = await town.staff(unit)

    row = {"memberId": member, "residence": COMMUNITY, "compound": compound}
    submitted = await town.change("submitRegistration", token("MEMBER", member), **row)
    completed = await town.receive((await town.certify(unit, submitted["id"]))["certificateNumber"])

    document = "query Q($id: ID!) { registration(id: $id) { grid { name } } }"
    found = await town.api.ask(document, token("HOST", COMMUNITY), id=completed["id"])
    assert (found["grid"] and found["grid"]["name"]) == grid
