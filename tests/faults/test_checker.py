"""The checker of the trials has eyes: it finds what is lost, doubled or stale."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest_asyncio
from evaluation.storage.archive import Batch, document_of
from pymongo import AsyncMongoClient
from servicekit.storage.mongo import open_database
from servicekit.storage.outbox import row

from tests.contracts.toy import event
from tests.faults.availability import Successes
from tests.faults.checker import Checker
from tests.faults.model import Model, Thing
from tests.support.servers import Document

NOBODY = cast(Any, None)


@pytest_asyncio.fixture
async def checker(mongo_client: AsyncMongoClient[Document], namespace: str) -> AsyncIterator[Checker]:
    """On databases of its own, without a cluster."""
    yield Checker(NOBODY, lambda name: open_database(mongo_client, f"{namespace}-{name}"), Model(), NOBODY, NOBODY)
    for name in ("registration", "service-tracking", "evaluation"):
        await mongo_client.drop_database(f"{namespace}-{name}")


async def test_it_sees_a_record_that_is_lost_doubled_or_of_an_unexpected_status(checker: Checker) -> None:
    things = [Thing("lost", "SUBMITTED"), Thing("twice", "CONFIRMED"), Thing("behind", "CONFIRMED")]
    unsure = [Thing("either", "SUBMITTED", maybe="CONFIRMED"), Thing("perhaps", None, maybe="SUBMITTED")]
    checker.model.records = {thing.key: thing for thing in (*things, *unsure)}
    stored = [("twice", "CONFIRMED"), ("twice", "CONFIRMED"), ("behind", "SUBMITTED"), ("either", "CONFIRMED")]
    await checker.database("service-tracking")["records"].insert_many(
        [{"reference": reference, "status": status} for reference, status in stored]
    )

    await checker.compare_records()

    assert checker.verdict.lost == [
        "reference lost is None, not ['SUBMITTED']",
        "reference behind is SUBMITTED, not ['CONFIRMED']",
    ]
    assert checker.verdict.doubled == ["reference twice is stored 2 times"]


async def test_it_sees_an_event_that_never_arrived_or_twice_and_a_fact_at_an_old_version(checker: Checker) -> None:
    lost, twice = event("a"), event("b")
    old = event("c", fact="record-confirmed", source="service-tracking", version=2)
    told = [row(one, datetime.now(UTC)) for one in (lost, twice, old)]
    await checker.database("service-tracking")["outbox"].insert_many(told)
    books = checker.database("evaluation")
    await books["archive"].insert_one(document_of(Batch("350802", 1, [twice, old, twice])))
    await books["ledger"].insert_one({"_id": "service/c", "version": 1})

    await checker.compare_events()

    assert checker.verdict.lost == [f"event {lost.type} {lost.id}"]
    assert checker.verdict.doubled == [f"event {twice.id} 2 times in the archive"]
    assert checker.verdict.stale == ["service/c is version 1 in the ledger, not 2"]


def test_the_longest_gap_ends_with_the_last_attempt_and_belongs_to_the_time_asked_for() -> None:
    successes = Successes([0.0, 1.0, 9.0, 10.0], ended=14.0)

    assert successes.longest_gap(2.0, 3.0) == 8.0
    assert successes.longest_gap(9.2, 9.5) == 1.0
    assert successes.longest_gap(11.0, 12.0) == 4.0
