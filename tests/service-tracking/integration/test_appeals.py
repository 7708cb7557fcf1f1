"""A granted appeal, as it travels, becomes a correction of the record: once, with its approver."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.domain.offer import OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.messages.consumed import CONSUMED
from service_tracking.storage.collections import CLAIMS, OFFERS, RECORDS
from service_tracking.use_cases import settle_appeals
from service_tracking.use_cases.ask_correction import AskCorrection, ask_correction
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.decide_correction import DecideCorrection, decide_correction
from service_tracking.use_cases.reject_records import RejectRecord, reject_records
from service_tracking.use_cases.thank_for_wish import ThankForWish, thank_for_wish
from servicekit.bus.apply import Subscriptions, apply_events
from servicekit.domain import new_id
from servicekit.events import Event
from servicekit.storage.work import restore

HOST = Person("host")


@dataclass
class Message:
    body: bytes


async def hear(town: Any, record: ServiceRecord, remedy: str, *, at: datetime | None = None, **told: Any) -> str:
    """Evaluation's event, twice, as the bus may bring it."""
    appeal = new_id()
    for _ in range(2):
        await bring(town, granted(appeal, record, remedy, at=at, **told))
    return appeal


async def bring(town: Any, *events: Event) -> None:
    messages: list[Any] = [Message(event.encode()) for event in events]
    await town.run(apply_events, [Subscriptions(CONSUMED).read(message) for message in messages])


def granted(appeal: str, record: ServiceRecord, remedy: str, *, at: datetime | None = None, **told: Any) -> Event:
    data = {
        "appeal_id": appeal,
        "fact_kind": "service",
        "fact_id": record.id,
        "fact_version": record.version,
        "member_id": record.member_id,
        "division": record.community,
        "remedy": remedy,
        "hours": None,
        "status": "GRANTED",
        "decided_by": "county officer",
        **told,
    }
    return Event(
        id=new_id(),
        source="evaluation",
        fact="appeal-granted",
        schema=1,
        subject=appeal,
        lane=record.lane,
        version=2,
        time=at or datetime.now(UTC),
        data=data,
        correlation_id="c",
        causation_id=None,
        traceparent=None,
    )


async def kept(town: Any, record: ServiceRecord) -> ServiceRecord:
    return restore(ServiceRecord, await town.kept(RECORDS, record.id))


async def confirmed(town: Any, **told: Any) -> ServiceRecord:
    (member,) = await town.members(1)
    record = await town.submit(member, **told)
    (done,) = await town.run(confirm_records, HOST, [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])
    return done


async def test_hours_are_corrected_once_with_approver_before_and_after(town: Any) -> None:
    record = await confirmed(town, hours=Decimal("1.5"))

    appeal = await hear(town, record, "CORRECT_HOURS", hours="4.0")

    corrected = await kept(town, record)
    (correction,) = corrected.corrections
    assert (correction.before.hours, correction.after.hours) == (Decimal("1.5"), Decimal(4))
    assert (correction.approved, correction.decided_by, correction.appeal_id) == (True, "county officer", appeal)
    last = (await town.told(record.id))[-1]
    assert (last.fact, last.data["hours"], last.version) == ("record-corrected", "4.0", record.version + 1)
    assert last.causation_id is not None


async def test_what_was_rejected_counts_and_what_was_confirmed_no_longer_does(town: Any) -> None:
    (member,) = await town.members(1)
    rejected = await town.submit(member)
    await town.run(reject_records, HOST, [RejectRecord(rejected.id, "nobody came")])
    counted = await confirmed(town)

    await hear(town, rejected, "COUNT")
    await hear(town, counted, "DO_NOT_COUNT")

    now, then = await kept(town, rejected), await kept(town, counted)
    assert now.confirmation is not None
    assert (now.status, now.confirmation.method, now.confirmation.by) == ("CONFIRMED", "APPEAL", "county officer")
    assert then.status == "REJECTED"
    assert [(one.before.counts, one.after.counts) for one in (*now.corrections, *then.corrections)] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(("hours", "policy"), [("25.0", {}), ("8.0", {"most_hours_per_day": Decimal(4)})])
async def test_what_can_not_be_is_declined_with_the_reason_and_no_cap_is_exceeded(
    town: Any, hours: str, policy: dict[str, Any]
) -> None:
    record = await confirmed(town)
    if policy:
        await town.rule(**policy)

    await hear(town, record, "CORRECT_HOURS", hours=hours)

    unchanged = await kept(town, record)
    (correction,) = unchanged.corrections
    assert (unchanged.hours, correction.approved) == (record.hours, False)
    assert correction.note
    assert (await town.told(record.id))[-1].fact == "record-correction-declined"


async def test_a_correction_that_waits_is_closed_and_a_later_one_stands(town: Any) -> None:
    record, later = await confirmed(town), await confirmed(town)
    asked = [AskCorrection(one.id, "it was longer", hours=Decimal(3)) for one in (record, later)]
    for one in asked:
        await town.run(ask_correction, Person("unit"), one, subject="unit")
    await town.run(decide_correction, Person("street"), DecideCorrection(later.id, True), subject="street")

    await hear(town, record, "CORRECT_HOURS", hours="2.0")
    await hear(town, later, "CORRECT_HOURS", hours="2.0", at=datetime.now(UTC) - timedelta(hours=1))

    settled, stands = await kept(town, record), await kept(town, later)
    assert ([one.approved for one in settled.corrections], settled.hours) == ([False, True], Decimal(2))
    assert ([one.approved for one in stands.corrections], stands.hours) == ([True, False], Decimal(3))


async def test_appeals_about_other_things_and_unknown_records_change_nothing(town: Any) -> None:
    record = await confirmed(town)

    await hear(town, record, "DO_NOT_COUNT", fact_kind="claim")
    await hear(town, record, "DO_NOT_COUNT", fact_id="no such record")

    assert (await kept(town, record)).version == record.version


async def test_appeals_that_come_together_keep_to_the_cap_of_the_day(town: Any) -> None:
    (member,) = await town.members(1)
    await town.rule(most_hours_per_day=Decimal(4))
    records = []
    for activity in ("Patrol", "Lessons"):
        record = await town.submit(member, activity=activity, hours=Decimal(3))
        await town.run(reject_records, HOST, [RejectRecord(record.id, "nobody came")])
        records.append(record)

    await bring(town, *(granted(new_id(), record, "COUNT") for record in records))

    assert [(await kept(town, record)).status for record in records] == ["CONFIRMED", "REJECTED"]


async def wish_come_true(town: Any) -> tuple[Any, ServiceRecord]:
    """A wish with thanks, and the record by which it came true."""
    (member,) = await town.members(1)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True)
    claim = await town.claim(wish, member)
    record = await town.submit(member, claim_id=claim.id)
    await town.run(confirm_records, HOST, [ConfirmRecord(record.id, ConfirmationMethod.VISIT)])
    await town.run(thank_for_wish, town.vault, ThankForWish(wish.id, "thank you"))
    return wish, record


async def stands(town: Any, wish: Any, record: ServiceRecord) -> tuple[str, str, int]:
    offer, claim = await town.kept(OFFERS, wish.id), await town.kept(CLAIMS, record.claim_id)
    return offer["status"], claim["status"], offer["places_left"]


async def test_a_wish_whose_service_does_not_count_after_all_is_open_again(town: Any) -> None:
    wish, record = await wish_come_true(town)

    await hear(town, record, "DO_NOT_COUNT")
    undone = await stands(town, wish, record), (await town.kept(OFFERS, wish.id))["thanks"]
    await hear(town, record, "COUNT")

    assert undone == (("PUBLISHED", "APPROVED", 0), None)
    assert await stands(town, wish, record) == ("CLOSED", "COMPLETED", 0)
    facts = [event.fact for event in await town.told(record.claim_id)]
    assert facts[-3:] == ["claim-completed", "claim-reopened", "claim-completed"]
    assert "offer-reopened" in [event.fact for event in await town.told(wish.id)]


async def test_a_wish_that_another_service_made_true_stays_so(town: Any) -> None:
    wish, record = await wish_come_true(town)
    other = await town.submit(record.member_id, claim_id=record.claim_id, activity="the second half")
    await town.run(confirm_records, HOST, [ConfirmRecord(other.id, ConfirmationMethod.VISIT)])

    await hear(town, record, "DO_NOT_COUNT")

    assert await stands(town, wish, record) == ("CLOSED", "COMPLETED", 0)


async def test_a_wish_whose_helper_is_registered_no_more_has_its_place_free(town: Any) -> None:
    wish, record = await wish_come_true(town)
    await town.hear(town.fact(record.member_id, status="ENDED", version=4))

    await hear(town, record, "DO_NOT_COUNT")

    assert await stands(town, wish, record) == ("PUBLISHED", "RELEASED", 1)


async def test_a_service_that_is_confirmed_while_the_other_is_undone_keeps_the_wish_true(
    town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish, record = await wish_come_true(town)
    other = await town.submit(record.member_id, claim_id=record.claim_id, activity="the second half")
    loaded, again = settle_appeals.reopen_wishes, iter([True])

    async def overtaken(work: Any, decided: Any) -> None:
        await loaded(work, decided)
        if next(again, False):
            await town.run(confirm_records, HOST, [ConfirmRecord(other.id, ConfirmationMethod.VISIT)])

    monkeypatch.setattr(settle_appeals, "reopen_wishes", overtaken)
    await bring(town, granted(new_id(), record, "DO_NOT_COUNT"))

    assert await stands(town, wish, record) == ("CLOSED", "COMPLETED", 0)
