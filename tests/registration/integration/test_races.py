"""Everything races with itself and with its opposite; each thing still happens once."""

import asyncio
from collections import Counter

import pytest
from servicekit.storage.mongo import Database

from tests.registration.town import Town, token


async def statuses(database: Database) -> Counter[str]:
    return Counter([one["status"] async for one in database["registrations"].find()])


async def published(database: Database, fact: str) -> int:
    return await database["outbox"].count_documents({"key": {"$regex": f"{fact}$"}})


async def test_the_same_receipt_twice_at_once_counts_once(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    number = (await town.certify(unit, (await town.submit(member))["id"]))["certificateNumber"]

    results = await asyncio.gather(*(town.receive(number) for _ in range(4)))

    outcomes = Counter(result["__typename"] for result in results)
    assert outcomes == {"Registration": 1, "RegistrationAlreadyCompleted": 3}
    assert await published(database, "registration-completed") == 1


async def test_a_member_that_submits_twice_at_once_has_one_registration(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)

    results = await asyncio.gather(*(town.submit(member) for _ in range(4)))

    outcomes = Counter(result["__typename"] for result in results)
    assert outcomes == {"Registration": 1, "RegistrationAlreadySubmitted": 3}
    assert await statuses(database) == {"SUBMITTED": 1}


async def test_batches_that_share_members_submit_each_once(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    members = await town.staff(unit, 30)
    rows = [{"memberId": member} for member in members]
    admin = token("UNIT_ADMIN", unit)

    results = await asyncio.gather(
        town.bulk("submitRegistrations", admin, rows[:20]), town.bulk("submitRegistrations", admin, rows[10:])
    )

    kinds = Counter(one["__typename"] for result in results for one in result["outcomes"])
    assert kinds == {"Registration": 30, "RegistrationAlreadySubmitted": 10}
    assert await statuses(database) == {"SUBMITTED": 30}


@pytest.mark.parametrize("round", range(4))
async def test_a_void_against_a_receipt_leaves_one_of_them_refused(town: Town, database: Database, round: int) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    registration = (await town.submit(member))["id"]
    number = (await town.certify(unit, registration))["certificateNumber"]
    void = town.change("voidCertificate", token("UNIT_ADMIN", unit), registrationId=registration, reason="遗失")
    receive = town.receive(number)

    first, second = await asyncio.gather(*((void, receive) if round % 2 else (receive, void)))

    voided, received = (first, second) if round % 2 else (second, first)
    if received["__typename"] == "Registration":
        assert voided["__typename"] == "RegistrationAlreadyCompleted"
        assert await statuses(database) == {"COMPLETED": 1}
    else:
        assert received["__typename"] == "CertificateVoided"
        assert voided["status"] == "SUBMITTED"
        assert await statuses(database) == {"SUBMITTED": 1}


async def test_two_certifications_at_once_issue_one_certificate(town: Town, database: Database) -> None:
    unit = await town.register_unit()
    (member,) = await town.staff(unit)
    registration = (await town.submit(member))["id"]

    results = await asyncio.gather(*(town.certify(unit, registration) for _ in range(3)))

    outcomes = Counter(result["__typename"] for result in results)
    assert outcomes == {"Registration": 1, "RegistrationAlreadyCertified": 2}
    (document,) = await database["registrations"].find().to_list()
    assert len(document["certificates"]) == 1


async def test_a_unit_registered_twice_at_once_is_one_unit(town: Town, database: Database) -> None:
    results = await asyncio.gather(*(town.register_unit(1) for _ in range(3)), return_exceptions=True)

    assert sum(isinstance(result, str) for result in results) == 1
    assert await database["units"].count_documents({}) == 1


async def test_two_primary_agreements_signed_at_once_leave_one(town: Town, database: Database) -> None:
    unit = await town.register_unit()

    results = await asyncio.gather(town.sign(unit, "350802001001"), town.sign(unit, "350802001002"))

    assert sorted(result["__typename"] for result in results) == ["Agreement", "PrimaryAgreementExists"]
    assert await database["agreements"].count_documents({"primary": True}) == 1
