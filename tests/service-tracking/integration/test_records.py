"""Records on a real database: counted once, decided once, exact."""

import asyncio
from decimal import Decimal
from typing import Any

from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.domain.refusals import RecordDecided
from service_tracking.storage.collections import OFFERS, RECORDS
from service_tracking.use_cases.claim_offers import ClaimOffer, claim_offers
from service_tracking.use_cases.confirm_records import ConfirmRecord, confirm_records
from service_tracking.use_cases.reject_records import RejectRecord, reject_records
from service_tracking.use_cases.rows import only
from service_tracking.use_cases.submit_records import SubmitRecord, submit_records
from servicekit.domain import InvalidInput, NotFound

HOST = Person("host")


async def test_a_record_confirmed_many_times_at_once_counts_once(town: Any) -> None:
    (member,) = await town.members(1)
    record = await town.submit(member)
    row = ConfirmRecord(record.id, ConfirmationMethod.VISIT)

    outcomes = await asyncio.gather(*(town.run(confirm_records, HOST, [row]) for _ in range(8)))

    kinds = sorted(type(outcome).__name__ for (outcome,) in outcomes)
    assert kinds == ["RecordDecided"] * 7 + ["ServiceRecord"]
    assert [event.fact for event in await town.told(record.id)] == ["record-submitted", "record-confirmed"]
    assert (await town.kept(RECORDS, record.id))["version"] == 2


async def test_confirm_against_reject_leaves_one_decision(town: Any) -> None:
    for member in await town.members(8):
        record = await town.submit(member)

        outcomes = await asyncio.gather(
            town.run(confirm_records, HOST, [ConfirmRecord(record.id, ConfirmationMethod.VISIT)]),
            town.run(reject_records, HOST, [RejectRecord(record.id, "nobody came")]),
        )

        assert {type(outcome) for (outcome,) in outcomes} == {ServiceRecord, RecordDecided}
        assert len(await town.told(record.id)) == 2


async def test_hours_are_kept_as_exact_decimals_that_the_database_can_sum(town: Any) -> None:
    (member,) = await town.members(1)
    for hours in ("0.1", "0.2", "2"):
        await town.submit(member, hours=Decimal(hours))

    totals = await town.database[RECORDS].aggregate(
        [{"$match": {"member_id": member}}, {"$group": {"_id": None, "hours": {"$sum": "$hours"}}}]
    )

    assert [str(one["hours"]) async for one in totals] == ["2.3"]


async def test_a_batch_keeps_the_good_rows_and_names_the_bad_ones(town: Any) -> None:
    first, second = await town.members(2)
    rows = [
        SubmitRecord(first, town.service()),
        SubmitRecord(first, town.service(hours=Decimal(25))),
        SubmitRecord(second, town.service(), claim_id="no such claim"),
        SubmitRecord(second, town.service()),
    ]

    outcomes = await town.run(submit_records, HOST, rows)

    assert [type(outcome) for outcome in outcomes] == [ServiceRecord, InvalidInput, NotFound, ServiceRecord]
    assert await town.database[RECORDS].count_documents({"member_id": {"$in": [first, second]}}) == 2


async def test_the_same_reference_is_one_record_and_one_offer(town: Any) -> None:
    (member,) = await town.members(1)
    reference = f"sheet 7, row 3 of {member}"

    records = await asyncio.gather(*(town.submit(member, reference=reference) for _ in range(5)))
    offers = await asyncio.gather(*(town.offer(reference=reference) for _ in range(5)))

    assert len({record.id for record in records}) == 1
    assert len({offer.id for offer in offers}) == 1
    assert await town.database[RECORDS].count_documents({"member_id": member}) == 1
    assert await town.database[OFFERS].count_documents({"community": town.community}) == 1


async def test_references_belong_to_their_sender(town: Any) -> None:
    (member,) = await town.members(1)

    mine = await town.submit(member, reference="1")
    theirs = await town.submit(member, by=HOST, reference="1")

    assert mine.id != theirs.id


async def test_a_record_on_a_claim_is_served_where_its_offer_is(town: Any) -> None:
    (member,) = await town.members(1)
    offer = await town.offer(community="350803001001", auto_approve=True)
    claim = await town.claim(offer, member)

    record = await town.submit(member, claim_id=claim.id)

    kept = await town.kept(RECORDS, record.id)
    assert (kept["community"], kept["lane"], kept["offer_id"]) == ("350803001001", "350803", offer.id)


async def test_a_batch_of_500_takes_a_constant_number_of_commands(town: Any, watch: Any) -> None:
    members = await town.members(250)
    offers = [await town.offer(capacity=250, auto_approve=True) for _ in range(2)]
    rows = [SubmitRecord(member, town.service()) for member in members for _ in range(2)]

    async def commands_of(use_case: Any, *args: Any) -> tuple[list[Any], int]:
        before = len(watch.sent)
        return await town.run(use_case, *args), len(watch.sent) - before

    claims = [ClaimOffer(offer.id, member) for offer in offers for member in members]
    claimed, claim_commands = await commands_of(claim_offers, HOST, claims)
    submitted, submit_commands = await commands_of(submit_records, HOST, rows)
    confirmations = [ConfirmRecord(record.id, ConfirmationMethod.VISIT) for record in submitted]
    confirmed, confirm_commands = await commands_of(confirm_records, HOST, confirmations)

    assert all(not isinstance(outcome, Exception) for outcome in [*claimed, *submitted, *confirmed])
    assert max(claim_commands, submit_commands, confirm_commands) <= 14
    assert only(confirmed[:1]).confirmation is not None
