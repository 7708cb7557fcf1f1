"""The later life of a registration: transfer, leave, another unit, another certificate."""

import asyncio
from typing import Any

from servicekit.storage.mongo import Database

from tests.registration.integration.test_reconciliation import counts, reconcile
from tests.registration.samples import CITY, COMMUNITY, COUNTY, OTHER_COMMUNITY, OTHER_COUNTY
from tests.registration.town import REFUSAL, REGISTRATION, Json, Town, token


async def transfer(town: Town, member: str, registration: str, residence: str = OTHER_COMMUNITY) -> Json:
    document = (
        f"mutation M($input: TransferRegistrationInput!) {{ transferRegistration(input: $input) {{ {REGISTRATION} }} }}"
    )
    row = {"registrationId": registration, "residence": residence}
    result: Json = await town.api.ask(document, token("MEMBER", member), input=row)
    return result


async def statuses(database: Database) -> dict[str, str]:
    return {one["community_code"]: one["status"] async for one in database["registrations"].find()}


async def transfer_member(town: Town, bearer: str, **row: Any) -> Json:
    document = (
        "mutation M($input: TransferMemberInput!) { transferMember(input: $input) "
        f"{{ __typename ... on Member {{ unit {{ id }} }} {REFUSAL} }} }}"
    )
    result: Json = await town.api.ask(document, bearer, input=row)
    return result


async def test_the_old_registration_stands_until_the_new_one_completes(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    old = await town.complete(unit, member)

    new = await transfer(town, member, old["id"])
    certified = await town.certify(unit, new["id"])
    on_the_way = await statuses(database)
    done = await town.receive(certified["certificateNumber"], OTHER_COMMUNITY)

    assert (new["status"], on_the_way[COMMUNITY]) == ("SUBMITTED", "COMPLETED")
    assert done["status"] == "COMPLETED"
    assert await statuses(database) == {COMMUNITY: "ENDED", OTHER_COMMUNITY: "COMPLETED"}
    assert counts(await reconcile(town, division=COUNTY)) == {"COMPLETED": 1}


async def test_a_transfer_that_is_withdrawn_leaves_the_member_where_it_was(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    old = await town.complete(unit, member)
    new = await transfer(town, member, old["id"])

    again = await transfer(town, member, old["id"])
    same = await transfer(town, member, old["id"], COMMUNITY)
    await town.change("withdrawRegistration", token("MEMBER", member), registrationId=new["id"], reason="stays")
    there = await transfer(town, member, old["id"], COMMUNITY)

    assert (again["code"], same["code"]) == ("RegistrationAlreadySubmitted", "RegistrationAlreadySubmitted")
    assert there["code"] == "AlreadyThere"
    assert await statuses(database) == {COMMUNITY: "COMPLETED", OTHER_COMMUNITY: "WITHDRAWN"}


async def test_a_transfers_receipt_and_the_end_of_the_old_one_at_once_keep_one_at_most(
    town: Town, database: Database
) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    old = await town.complete(unit, member)
    number = (await town.certify(unit, (await transfer(town, member, old["id"]))["id"]))["certificateNumber"]

    ended = town.change("endRegistration", token("UNIT_ADMIN", unit), registrationId=old["id"], reason="left")
    await asyncio.gather(*(town.receive(number, OTHER_COMMUNITY) for _ in range(3)), ended)

    assert await statuses(database) == {COMMUNITY: "ENDED", OTHER_COMMUNITY: "COMPLETED"}


async def test_two_transfers_at_once_open_one(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    old = await town.complete(unit, member)

    outcomes = await asyncio.gather(*(transfer(town, member, old["id"]) for _ in range(4)))

    assert sorted(one["__typename"] for one in outcomes) == ["Registration"] + ["RegistrationAlreadySubmitted"] * 3
    assert await database["registrations"].count_documents({}) == 2


async def test_a_member_changes_units_with_the_registration_and_both_rosters_say_so(
    town: Town, database: Database
) -> None:
    unit, other = await town.register_unit(1), await town.register_unit(2, division=OTHER_COUNTY)
    (member,) = await town.staff(unit)
    await town.complete(unit, member)
    row = {"memberId": member, "toUnitId": other}

    alone = await transfer_member(town, token("UNIT_ADMIN", unit), **row)
    moved = await transfer_member(town, token("CITY_ADMIN", CITY), **row)
    again = await transfer_member(town, token("CITY_ADMIN", CITY), **row)

    assert (alone["code"], moved["unit"], again["code"]) == ("NotPermitted", {"id": other}, "InvalidInput")
    document = "query Q($unit: ID!) { unit(id: $unit) { rosters { nodes { number lines joined left } } } }"
    left, joined = [
        (await town.api.ask(document, token("UNIT_ADMIN", one), unit=one))["rosters"]["nodes"][-1]
        for one in (unit, other)
    ]
    assert left == {"number": 2, "lines": 0, "joined": 0, "left": 1}
    assert joined == {"number": 1, "lines": 1, "joined": 1, "left": 0}
    registration = await database["registrations"].find_one({"member_id": member})
    assert registration is not None
    assert registration["unit_id"] == other
    assert counts(await reconcile(town, unit=unit)) == {}
    assert counts(await reconcile(town, unit=other)) == {"COMPLETED": 1}


async def test_a_leave_is_granted_for_a_period(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    done = await town.complete(unit, member)
    document = f"mutation M($input: GrantLeaveInput!) {{ grantLeave(input: $input) {{ {REGISTRATION} }} }}"
    row = {"registrationId": done["id"], "startsOn": "2016-07-01", "endsOn": "2016-07-31", "reason": "进修"}

    granted = await town.api.ask(document, token("UNIT_ADMIN", unit), input=row)
    overlapping = await town.api.ask(document, token("UNIT_ADMIN", unit), input={**row, "startsOn": "2016-07-31"})

    assert (granted["status"], overlapping["code"]) == ("COMPLETED", "LeaveOverlaps")


async def test_a_voided_certificate_is_issued_anew_and_the_old_number_stays_voided(town: Town) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    first = await town.certify(unit, (await town.submit(member))["id"])

    await town.change("voidCertificate", token("UNIT_ADMIN", unit), registrationId=first["id"], reason="遗失")
    second = await town.certify(unit, first["id"])
    refused = await town.receive(first["certificateNumber"])
    done = await town.receive(second["certificateNumber"])

    assert (refused["code"], done["status"]) == ("CertificateVoided", "COMPLETED")
