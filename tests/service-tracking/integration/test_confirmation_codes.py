"""Confirmation by the beneficiary's one-time code, and by the organiser."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from service_tracking.domain.claim import Attendance
from service_tracking.domain.confirmation_code import TRIES, VALID_FOR
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, RecordStatus, ServiceRecord
from service_tracking.domain.refusals import (
    CodeExpired,
    CodeLocked,
    CodeUsed,
    CodeWrong,
    NotAttended,
    OwnRecord,
    RecordDecided,
    SecondPersonRequired,
)
from service_tracking.domain.service import Provenance
from service_tracking.storage.collections import CODES, RECORDS
from service_tracking.use_cases.confirm_by_codes import ConfirmByCode, confirm_by_codes
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.hold_activities import HoldActivity, hold_activities
from service_tracking.use_cases.issue_codes import IssueCode, issue_codes
from service_tracking.use_cases.take_attendance import TakeAttendance, take_attendance
from servicekit.domain import InvalidInput, NotFound, SystemClock
from servicekit.security import Role

HOST = Person("host")


async def confirm(town: Any, record: ServiceRecord, code: str) -> Any:
    (outcome,) = await town.run(confirm_by_codes, town.vault, [ConfirmByCode(record.id, code)])
    return outcome


async def pairing(town: Any) -> tuple[Any, str]:
    (member,) = await town.members(1)
    need = await town.offer(kind=OfferKind.PAIRING, auto_approve=True)
    return await town.claim(need, member), member


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


async def test_the_code_of_a_claim_confirms_one_service_on_it(town: Any) -> None:
    claim, member = await pairing(town)
    code = await town.code(claim_id=claim.id)
    first, second = [await town.submit(member, claim_id=claim.id) for _ in range(2)]

    confirmed = await confirm(town, first, code)
    again = await confirm(town, second, code)
    twice = await confirm(town, first, code)

    assert confirmed.status is RecordStatus.CONFIRMED
    said = confirmed.confirmation
    assert (said.by, said.method) == ("beneficiary", ConfirmationMethod.BENEFICIARY_CODE)
    kept = await town.kept(CODES, said.evidence)
    assert (kept["record_id"], kept["status"]) == (first.id, "USED")
    assert (type(again), type(twice)) == (CodeUsed, CodeUsed)
    assert (await town.kept(RECORDS, second.id))["status"] == "SUBMITTED"
    assert [event.fact for event in await town.told(first.id)] == ["record-submitted", "record-confirmed"]


@pytest.mark.parametrize(
    ("issuer", "enters", "confirmed"), [("host", "m", False), ("b", "host", False), ("b", "m", True)]
)
async def test_whoever_granted_a_service_neither_issues_nor_enters_the_code_that_confirms_it(
    town: Any, issuer: str, enters: str, confirmed: bool
) -> None:
    """Else one person alone would make hours that count: grant them, and be their witness."""
    (member,) = await town.members(1)
    record = await town.submit(member, HOST, provenance=Provenance.GRANTED)
    (issued,) = await town.run(
        issue_codes, Person(issuer), town.vault, [IssueCode(record_id=record.id)], subject=issuer
    )

    rows = [ConfirmByCode(record.id, issued.digits)]
    (outcome,) = await town.run(confirm_by_codes, town.vault, rows, subject=enters)

    assert isinstance(outcome, ServiceRecord if confirmed else SecondPersonRequired)
    kept = await town.database[CODES].find_one({"target": record.id})
    assert (kept["status"], kept["tries_left"]) == ("USED" if confirmed else "ISSUED", TRIES)


async def test_a_code_told_many_times_at_once_is_used_once(town: Any) -> None:
    claim, member = await pairing(town)
    code = await town.code(claim_id=claim.id)
    records = [await town.submit(member, claim_id=claim.id) for _ in range(4)]

    outcomes = await asyncio.gather(*(confirm(town, record, code) for record in records * 2))

    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["CodeUsed"] * 7 + ["ServiceRecord"]
    confirmed = {"claim_id": claim.id, "status": "CONFIRMED"}
    assert await town.database[RECORDS].count_documents(confirmed) == 1


async def test_tries_are_limited_also_when_they_come_at_once(town: Any) -> None:
    (member,) = await town.members(1)
    record = await town.submit(member)
    code = await town.code(record_id=record.id)

    outcomes = await asyncio.gather(*(confirm(town, record, wrong(code)) for _ in range(TRIES + 3)))
    right = await confirm(town, record, code)

    assert sorted(one.tries_left for one in outcomes if isinstance(one, CodeWrong)) == list(range(TRIES))
    assert len([one for one in outcomes if isinstance(one, CodeLocked)]) == 3
    assert isinstance(right, CodeLocked)
    assert isinstance(await confirm(town, record, await town.code(record_id=record.id)), ServiceRecord)


async def test_only_a_keyed_hash_is_kept(town: Any) -> None:
    claim, _ = await pairing(town)
    code = await town.code(claim_id=claim.id)

    kept = await town.database[CODES].find_one({"target": claim.id})

    assert code not in str(kept)
    assert len(kept["digest"]) == 64


async def test_an_expired_or_replaced_code_is_refused(town: Any) -> None:
    claim, member = await pairing(town)
    first = await town.code(claim_id=claim.id)
    second = await town.code(claim_id=claim.id)
    record = await town.submit(member, claim_id=claim.id)

    replaced = await confirm(town, record, first)
    past = SystemClock().now() - VALID_FOR - timedelta(days=1)
    await town.database[CODES].update_many({"target": claim.id}, {"$set": {"expires_at": past}})
    expired = await confirm(town, record, second)

    assert isinstance(replaced, CodeWrong)
    assert isinstance(expired, CodeExpired)


async def test_two_codes_issued_at_once_leave_one(town: Any) -> None:
    claim, _ = await pairing(town)

    await asyncio.gather(*(town.code(claim_id=claim.id) for _ in range(5)))

    assert await town.database[CODES].count_documents({"target": claim.id, "status": "ISSUED"}) == 1


async def test_no_code_no_record_and_decided_ones_are_told_apart(town: Any) -> None:
    (member,) = await town.members(1)
    record, decided = [await town.submit(member) for _ in range(2)]
    code = await town.code(record_id=decided.id)
    await town.run(confirm_records, HOST, [ConfirmRecord(decided.id, ConfirmationMethod.VISIT)])

    assert isinstance(await confirm(town, record, code), NotFound)
    assert isinstance(await confirm(town, decided, code), RecordDecided)


async def test_nobody_issues_a_code_for_the_own_service(town: Any) -> None:
    claim, member = await pairing(town)

    with pytest.raises(OwnRecord):
        await town.code(claim_id=claim.id, by=Person("both", frozenset({member})))


async def test_by_code_can_not_be_said(town: Any) -> None:
    (member,) = await town.members(1)
    record = await town.submit(member)

    (outcome,) = await town.run(confirm_records, HOST, [ConfirmRecord(record.id, ConfirmationMethod.BENEFICIARY_CODE)])

    assert isinstance(outcome, InvalidInput)


async def test_the_member_tells_the_code_and_a_wrong_try_is_stored_though_it_is_refused(town: Any, api: Any) -> None:
    claim, member = await pairing(town)
    record = await town.submit(member, claim_id=claim.id)
    issue = "mutation($v: IssueConfirmationCodeInput!) { issueConfirmationCode(input: $v) {"
    issue += " ... on IssuedConfirmationCode { digits tries } } }"
    told = "mutation($v: ConfirmByCodeInput!) { confirmByCode(input: $v) { __typename ... on CodeWrong { triesLeft }"
    told += " ... on ServiceRecord { confirmation { by method } } ... on InvalidInput { path } } }"
    me = (Role.MEMBER, member)

    issued = await api.result(issue, (Role.HOST, town.community), v={"claimId": claim.id})
    rows = [{"recordId": record.id, "code": code} for code in ("12", wrong(issued["digits"]), issued["digits"])]
    answers = [await api.result(told, me, v=row) for row in rows]

    assert answers == [
        {"__typename": "InvalidInput", "path": "input.code"},
        {"__typename": "CodeWrong", "triesLeft": issued["tries"] - 1},
        {"__typename": "ServiceRecord", "confirmation": {"by": "beneficiary", "method": "BENEFICIARY_CODE"}},
    ]


async def test_the_organiser_confirms_whom_the_place_saw(town: Any, api: Any) -> None:
    seen, unseen = await town.members(2, unit="another unit")
    await town.agree()
    activity = await town.activity(unit_id=town.unit, auto_approve=True)
    claims = [await town.claim(activity, member) for member in (seen, unseen)]
    await town.run(hold_activities, HOST, [HoldActivity(activity.id)])
    await town.run(take_attendance, HOST, [TakeAttendance(claims[0].id, Attendance.ATTENDED)])
    records = [await town.submit(claim.member_id, claim_id=claim.id) for claim in claims]
    document = "mutation($v: [ConfirmRecordInput!]!) { confirmRecords(inputs: $v) { ... on ConfirmRecordsPayload {"
    document += " outcomes { __typename ... on ServiceRecord { confirmation { method evidence } } } } } }"
    rows = [{"recordId": record.id, "method": "VISIT", "evidence": "sheet 7"} for record in records]

    organisers = await api.result(document, (Role.UNIT_ADMIN, town.unit), v=rows)
    own_unit = await api.result(document, (Role.UNIT_ADMIN, "another unit"), v=rows)

    assert organisers["outcomes"] == [
        {"__typename": "ServiceRecord", "confirmation": {"method": "ORGANISER", "evidence": "sheet 7"}},
        {"__typename": NotAttended.__name__},
    ]
    assert {one["__typename"] for one in own_unit["outcomes"]} == {"NotPermitted"}


async def test_an_organiser_confirms_neither_another_day_nor_what_the_unit_itself_told(town: Any) -> None:
    """Else one attendance would let a unit make as many hours as it likes."""
    (member,) = await town.members(1)
    await town.agree()
    activity = await town.activity(unit_id=town.unit, auto_approve=True)
    claim = await town.claim(activity, member)
    await town.run(hold_activities, HOST, [HoldActivity(activity.id)])
    await town.run(take_attendance, HOST, [TakeAttendance(claim.id, Attendance.ATTENDED)])
    organiser = Person("officer")
    records = [
        await town.submit(member, claim_id=claim.id, served_on=date(2026, 3, 4)),
        await town.submit(member, organiser, claim_id=claim.id),
        await town.submit(member, claim_id=claim.id),
    ]

    rows = [ConfirmRecord(one.id, ConfirmationMethod.VISIT, as_organiser=True) for one in records]
    outcomes = await town.run(confirm_records, organiser, rows)

    assert [type(one) for one in outcomes] == [NotAttended, SecondPersonRequired, ServiceRecord]
