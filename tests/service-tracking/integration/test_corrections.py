"""Corrections on the real database and as their clients see them."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.domain.claim import Attendance
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.domain.refusals import HoursOverCap, StepNotPossible
from service_tracking.storage.collections import RECORDS
from service_tracking.use_cases import decide_correction as decide_correction_module
from service_tracking.use_cases.ask_correction import AskCorrection, ask_correction
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.decide_correction import DecideCorrection, decide_correction
from service_tracking.use_cases.hold_activities import HoldActivity, hold_activities
from service_tracking.use_cases.reject_records import RejectRecord, reject_records
from service_tracking.use_cases.take_attendance import TakeAttendance, take_attendance
from servicekit.security import Role

SEEN = "status hours corrections { approved reason before { hours } after { hours servedOn } decidedBy }"
ASK = f"""mutation($input: AskCorrectionInput!) {{ askCorrection(input: $input) {{
  ... on ServiceRecord {{ {SEEN} }} ... on Refusal {{ code path }} }} }}"""
DECIDE = f"""mutation($input: DecideCorrectionInput!) {{ decideCorrection(input: $input) {{
  ... on ServiceRecord {{ {SEEN} }} ... on Refusal {{ code path }} }} }}"""


async def confirmed(town: Any, member: str) -> ServiceRecord:
    record = await town.submit(member)
    await town.run(confirm_records, Person("h"), [ConfirmRecord(record.id, ConfirmationMethod.VISIT)], subject="h")
    return record


async def test_a_confirmed_record_changes_by_a_correction_with_approver(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    record = await confirmed(town, member)
    host, county = (Role.HOST, town.community), (Role.COUNTY_ADMIN, "350802")

    asked = await api.result(
        ASK, (Role.MEMBER, member), subject="m", input={"recordId": record.id, "hours": "2.5", "reason": "longer"}
    )
    own = await api.result(DECIDE, host, subject="h", input={"recordId": record.id, "decision": "APPROVE"})
    decided = await api.result(DECIDE, county, subject="c", input={"recordId": record.id, "decision": "APPROVE"})

    assert (asked["hours"], asked["corrections"][0]["approved"]) == ("1.5", None)
    assert own["code"] == "SecondPersonRequired"
    (kept,) = decided["corrections"]
    assert (decided["status"], decided["hours"], kept["before"], kept["decidedBy"]) == (
        "CONFIRMED",
        "2.5",
        {"hours": "1.5"},
        "c",
    )
    last = (await town.told(record.id))[-1]
    assert (last.fact, last.data["hours"], last.data["status"]) == ("record-corrected", "2.5", "CONFIRMED")


async def test_a_correction_decided_twice_at_once_counts_once(town: Any) -> None:
    (member,) = await town.members(1)
    record = await confirmed(town, member)
    await town.run(ask_correction, Person("m"), AskCorrection(record.id, "longer", hours=Decimal(3)))

    outcomes = await asyncio.gather(
        *(town.run(decide_correction, Person("c"), DecideCorrection(record.id, one)) for one in (True, False)),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {ServiceRecord, StepNotPossible}


async def test_corrections_at_the_same_moment_as_submissions_keep_the_cap_of_the_day(town: Any) -> None:
    (member,) = await town.members(1)
    await town.rule(most_hours_per_day=Decimal(5))
    record = await confirmed(town, member)
    await town.run(ask_correction, Person("m"), AskCorrection(record.id, "longer", hours=Decimal(4)))

    outcomes = await asyncio.gather(
        town.run(decide_correction, Person("c"), DecideCorrection(record.id, True)),
        town.submit(member, hours=Decimal(3)),
        return_exceptions=True,
    )

    assert {type(outcome) for outcome in outcomes} == {ServiceRecord, HoursOverCap}


async def test_a_correction_over_the_cap_is_refused_and_stays_open(town: Any) -> None:
    (member,) = await town.members(1)
    await town.rule(most_hours_per_day=Decimal(2))
    record = await confirmed(town, member)
    await town.run(ask_correction, Person("m"), AskCorrection(record.id, "longer", hours=Decimal(3)))

    with pytest.raises(HoursOverCap):
        await town.run(decide_correction, Person("c"), DecideCorrection(record.id, True))

    assert (await town.run(decide_correction, Person("c"), DecideCorrection(record.id, False))).hours == Decimal("1.5")


async def test_flags_are_for_review_and_go_with_what_they_were_about(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    first, second = [await town.submit(member) for _ in range(2)]
    queue = "query($id: ID!) { serviceRecord(id: $id) { flags status } }"

    flagged = await api.result(queue, (Role.HOST, town.community), id=first.id)
    await town.run(reject_records, Person("h"), [RejectRecord(second.id, "told twice")])
    clean = await api.result(queue, (Role.HOST, town.community), id=first.id)

    assert flagged == {"flags": ["DUPLICATE"], "status": "SUBMITTED"}
    assert clean["flags"] == []


@pytest.mark.parametrize(("attendance", "found"), [("NO_SHOW", ["ABSENT"]), ("EXCUSED", ["ABSENT"]), ("ATTENDED", [])])
async def test_a_record_of_an_activity_says_where_the_member_did_not_come(
    town: Any, api: Any, attendance: str, found: list[str]
) -> None:
    (member,) = await town.members(1)
    activity = await town.activity(auto_approve=True)
    claim = await town.claim(activity, member)
    record = await town.submit(member, claim_id=claim.id)
    await town.run(hold_activities, Person("host"), [HoldActivity(activity.id)])
    await town.run(take_attendance, Person("host"), [TakeAttendance(claim.id, Attendance(attendance))])

    queue = "query($id: ID!) { serviceRecord(id: $id) { flags } }"
    seen = await api.result(queue, (Role.HOST, town.community), id=record.id)

    assert seen == {"flags": found}


async def test_corrections_at_once_keep_to_the_cap_of_a_member_who_is_registered_no_more(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (member,) = await town.members(1)
    await town.rule(most_hours_per_day=Decimal(4))
    first, second = await confirmed(town, member), await confirmed(town, member)
    for one in (first, second):
        await town.run(ask_correction, Person("m"), AskCorrection(one.id, "longer", hours=Decimal("2.5")))
    await town.hear(town.fact(member, status="ENDED", version=4))
    read, left = decide_correction_module.policies_over, iter([second.id])

    async def overtaken(*asked: Any) -> Any:
        policies = await read(*asked)
        if (other := next(left, None)) is not None:
            await town.run(decide_correction, Person("c"), DecideCorrection(other, True))
        return policies

    monkeypatch.setattr(decide_correction_module, "policies_over", overtaken)
    with pytest.raises(HoursOverCap):
        await town.run(decide_correction, Person("c"), DecideCorrection(first.id, True))

    assert sum([one["hours"] async for one in town.database[RECORDS].find({"member_id": member})]) == 4
