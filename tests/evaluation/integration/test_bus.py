"""Facts that travel over the real bus are counted, in whatever order and however often they arrive."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from evaluation.domain.bulletin import bulletin
from evaluation.domain.months import AsOf
from evaluation.messages.archived import newest_facts
from evaluation.messages.consumed import CONSUMED
from evaluation.storage.archive import append
from evaluation.storage.collections import LEDGER
from evaluation.storage.figures import year_counts
from evaluation.use_cases.rebuild import Rebuild
from evaluation.use_cases.verify import verify
from servicekit.bus.broker import Broker
from servicekit.bus.consumer import Consumer
from servicekit.bus.dead_letters import DeadLetters
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.domain import SystemClock, new_id
from servicekit.events import Event
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.outbox import OUTBOX, row

from tests.evaluation.facts import COMMUNITY, OTHER_COMMUNITY, UNIT
from tests.support.waiting import eventually

LANES = ("350802", "350803")
MEMBER: dict[str, Any] = {"member_id": "m1", "unit_id": UNIT}


def told(source: str, fact: str, subject: str, version: int, schema: int = 1, **data: Any) -> Event:
    place = data.get("community") or data.get("division") or data["code"]
    return Event(
        id=new_id(),
        source=source,
        fact=fact,
        schema=schema,
        subject=subject,
        lane=place[:6],
        version=version,
        time=datetime.now(UTC),
        data=data,
        correlation_id="c1",
        causation_id=None,
        traceparent=None,
    )


def joined(version: int = 1) -> Event:
    return told(
        "registration",
        "member-joined",
        "m1",
        version,
        **MEMBER,
        division="350802001",
        active=True,
        joined_on="2015-06-01",
    )


def registration(fact: str, version: int, status: str) -> Event:
    return told(
        "registration",
        f"registration-{fact}",
        "r1",
        version,
        **MEMBER,
        community=OTHER_COMMUNITY,
        status=status,
        basis="RESIDENCE",
        unit_division="350802001",
        submitted_on="2017-01-02",
        completed_on="2017-01-05" if status == "COMPLETED" else None,
    )


def offer(kind: str, subject: str) -> Event:
    return told(
        "service-tracking",
        "offer-published",
        subject,
        1,
        kind=kind,
        community=COMMUNITY,
        status="PUBLISHED",
        capacity=1,
    )


def claim(fact: str, version: int, status: str) -> Event:
    return told(
        "service-tracking",
        f"claim-{fact}",
        "c1",
        version,
        **MEMBER,
        offer_id="o1",
        kind="WISH",
        community=COMMUNITY,
        status=status,
    )


def record(subject: str, fact: str, version: int, status: str, community: str = COMMUNITY) -> Event:
    return told(
        "service-tracking",
        f"record-{fact}",
        subject,
        version,
        **MEMBER,
        community=community,
        served_on="2017-03-05",
        hours="1.5",
        vanguard="MEDIATION",
        status=status,
    )


class Bus:
    """The consumer of evaluation at work, and a publisher beside it."""

    def __init__(self, database: Database, broker: Broker, topology: Topology) -> None:
        self.database = database
        self.dead = DeadLetters(broker, topology, "evaluation")
        self._relay = Relay(database, broker, topology, source="others")

    async def publish(self, *events: Event) -> None:
        await self.database[OUTBOX].insert_many([row(event, datetime.now(UTC)) for event in events])
        while await self._relay.dispatch():
            pass

    async def figures(self) -> dict[str, int]:
        counted = (await year_counts(self.database, ["3508"], AsOf(2017, "2099-12")))["3508"]
        return {value.indicator.id.value: value.numerator for value in bulletin(counted, 2017) if value.numerator}

    async def differing_from_archive(self) -> list[str]:
        rebuild = Rebuild(self.database, SystemClock(), newest_facts)
        async for _ in rebuild.replay():
            pass
        differing = await rebuild.differing()
        await rebuild.clear()
        return differing

    async def drifts(self) -> int:
        return sum([report.drifting async for report in verify(self.database)])


@asynccontextmanager
async def at_work(consumer: Consumer) -> AsyncIterator[None]:
    await consumer.declare()
    stop = asyncio.Event()
    running = asyncio.create_task(consumer.run(stop))
    yield
    stop.set()
    await running


@pytest_asyncio.fixture
async def bus(database: Database, commands: Commands, amqp_url: str, namespace: str) -> AsyncIterator[Bus]:
    broker = await Broker.connect(amqp_url, name="test", attempts=3)
    topology = Topology(namespace)
    consumer = Consumer("evaluation", commands, broker, topology, CONSUMED, LANES, take_all=True, archive=append)
    async with at_work(consumer):
        yield Bus(database, broker, topology)
    channel = await broker.channel()
    for queue in (topology.dead("evaluation"), *(topology.lane_queue("evaluation", lane) for lane in LANES)):
        await channel.queue_delete(queue)
    for tier in range(len(topology.retry_seconds)):
        await channel.queue_delete(topology.retry("evaluation", tier))
        await channel.exchange_delete(topology.retry("evaluation", tier))
    await channel.exchange_delete(topology.events)
    await broker.close()


STORY = [
    joined(),
    registration("submitted", 1, "SUBMITTED"),
    registration("certified", 2, "CERTIFIED"),
    registration("completed", 3, "COMPLETED"),
    told("registration", "grid-created", "g1", 1, grid_id="g1", community=COMMUNITY, name="第一网格", compounds=2),
    offer("POST", "o2"),
    offer("WISH", "o1"),
    claim("requested", 1, "PENDING"),
    claim("approved", 2, "APPROVED"),
    record("s1", "submitted", 1, "SUBMITTED"),
    record("s1", "confirmed", 2, "CONFIRMED"),
    record("s2", "submitted", 1, "SUBMITTED", OTHER_COMMUNITY),
    record("s2", "confirmed", 2, "CONFIRMED", OTHER_COMMUNITY),
    record("s3", "submitted", 1, "SUBMITTED"),
    record("s3", "rejected", 2, "REJECTED"),
]
EXPECTED = {
    "active_roster_lines": 1,
    "registered_members": 1,
    "registration_rate": 1,
    "service_rate": 1,
    "communities": 1,
    "grid_branches": 1,
    "posts": 1,
    "wishes": 1,
    "wishes_claimed": 1,
    "person_visits": 2,
}


@pytest.mark.parametrize("order", ["as it happened", "the last first"])
async def test_a_story_is_counted_whatever_the_order_of_its_events(bus: Bus, order: str) -> None:
    events = STORY if order == "as it happened" else STORY[::-1]

    await bus.publish(*events)

    async def counted() -> bool:
        return await bus.figures() == EXPECTED

    await eventually(counted, within=30)
    assert await bus.drifts() == 0
    assert await bus.differing_from_archive() == []


async def test_a_claim_that_arrives_before_its_offer_is_counted(bus: Bus) -> None:
    await bus.publish(claim("approved", 2, "APPROVED"))

    async def counted() -> bool:
        return await bus.figures() == {"wishes_claimed": 1}

    await eventually(counted, within=30)


@pytest.mark.parametrize(
    "event",
    [
        told("service-tracking", "record-confirmed", "s9", 1, schema=2, community=COMMUNITY),
        told("service-tracking", "record-confirmed", "s9", 1, community=COMMUNITY, **MEMBER),
        told(
            "registration",
            "unit-registered",
            "u9",
            1,
            unit_id="no/separator",
            division="350802001",
        ),
    ],
    ids=["unknown version", "fields missing", "malformed id"],
)
async def test_an_event_that_cannot_be_understood_goes_to_the_dead_letters_and_blocks_nobody(
    bus: Bus, event: Event
) -> None:
    bad = Event(**{name: getattr(event, name) for name in Event.__slots__} | {"id": new_id()})

    await bus.publish(bad, joined())

    async def settled() -> list[str]:
        # A list that is taken puts the letters back a moment later, so each is asked for on its own.
        counted = await bus.database[LEDGER].count_documents({}) == 1
        return [letter.id for letter in await bus.dead.list()] if counted else []

    assert await eventually(settled, within=30) == [bad.id]


async def test_an_event_of_no_interest_is_passed_over(bus: Bus) -> None:
    await bus.publish(told("registration", "weather-changed", secrets.token_hex(4), 1, community=COMMUNITY), joined())

    async def settled() -> bool:
        return await bus.database[LEDGER].count_documents({}) == 1

    await eventually(settled, within=30)
    assert await bus.dead.list() == []
