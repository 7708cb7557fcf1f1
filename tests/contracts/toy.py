"""A toy of two services for the contract suites: `maker` opens accounts and changes them, `taker` keeps copies."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import BaseModel
from servicekit.bus.apply import Consumes
from servicekit.bus.broker import Broker, close_quietly
from servicekit.bus.consumer import Consumer
from servicekit.bus.dead_letters import DeadLetters
from servicekit.bus.messages import lower
from servicekit.bus.publishing import Outgoing, publish
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.domain import Aggregate, SystemClock, new_id
from servicekit.events import Event, Fact
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Actor, Work

MAKER, TAKER = "maker", "taker"
LANES = ("350802", "350803")
LANE, OTHER_LANE = LANES
ACTOR = Actor("somebody", "correlation-1")
ACCOUNTS = "accounts"
COLLECTIONS = {ACCOUNTS: [], **OWN_COLLECTIONS, "copies": [], "applied": []}


class Snapshot(BaseModel):
    balance: int


class Account(Aggregate):
    balance: int = 0

    def snapshot(self) -> Snapshot:
        return Snapshot(balance=self.balance)


async def open_accounts(work: Work, ids: Sequence[str], lane: str = LANE) -> None:
    for id in ids:
        account = Account(id=id, lane=lane)
        account.record("account-opened")
        work.save(ACCOUNTS, account)


async def add(work: Work, id: str, amount: int = 1) -> None:
    account = (await work.load(Account, ACCOUNTS, [id]))[id]
    account.balance += amount
    account.record("account-changed")
    work.save(ACCOUNTS, account)


@dataclass
class Copies:
    """The taker's handler: keeps the newest copy, and notes every event that had its effects."""

    poisonous: set[str] = field(default_factory=set)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    may_leave: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_leave.set()

    async def keep(self, work: Work, facts: Sequence[Fact[Snapshot]]) -> None:
        self.entered.set()
        await work.keep_newest(
            "copies", [{"_id": fact.subject, "version": fact.version, "balance": fact.data.balance} for fact in facts]
        )
        await work.collection("applied").insert_many(
            [{"event": fact.id, "subject": fact.subject, "version": fact.version} for fact in facts]
        )
        await self.may_leave.wait()
        if any(fact.subject in self.poisonous for fact in facts):
            raise ValueError("this one can't be applied")


class Part(Protocol):
    async def run(self, stop: asyncio.Event) -> None: ...


@asynccontextmanager
async def running(*parts: Part) -> AsyncIterator[asyncio.Event]:
    """Relays and consumers at work; stopped gracefully at the end, or before by setting what is yielded."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@dataclass
class Toy:
    """Both services on one database (their collections don't overlap but in outbox and inbox)."""

    database: Database
    broker: Broker
    topology: Topology
    copies: Copies = field(default_factory=Copies)

    def commands(self, service: str, patience_seconds: float = 10) -> Commands:
        return Commands(self.database, source=service, clock=SystemClock(), patience_seconds=patience_seconds)

    def relay(self, **options: Any) -> Relay:
        return Relay(self.database, self.broker, self.topology, source=MAKER, **options)

    @property
    def consumed(self) -> list[Consumes[Any]]:
        return [Consumes(MAKER, ("account-opened", "account-changed"), Snapshot, self.copies.keep)]

    def consumer(self, lanes: Sequence[str] = LANES, *, broker: Broker | None = None, **options: Any) -> Consumer:
        commands = self.commands(TAKER)
        return Consumer(TAKER, commands, broker or self.broker, self.topology, self.consumed, lanes, **options)

    @property
    def dead_letters(self) -> DeadLetters:
        return DeadLetters(self.broker, self.topology, TAKER)

    async def prepare(self) -> None:
        await ensure_indexes(self.database, COLLECTIONS)
        await self.consumer().declare()

    async def open_accounts(self, count: int, lane: str = LANE) -> list[str]:
        ids = [new_id() for _ in range(count)]
        await self.commands(MAKER).run_as(ACTOR, open_accounts, ids, lane)
        return ids

    async def send(self, *events: Event) -> None:
        for event in events:
            await self.send_raw(event.encode(), event.id, event.routing_key)

    async def send_raw(self, body: bytes, id: str, key: str = f"{LANE}.{MAKER}.account-opened") -> None:
        channel = await self.broker.channel()
        await publish(await lower(channel), self.topology.events, Outgoing(id, key, body))
        await close_quietly(channel)

    async def waiting(self, lane: str = LANE) -> int:
        """How many messages of a lane are ready, delivered to nobody."""
        return await self._ready(self.topology.lane_queue(TAKER, lane))

    async def _ready(self, queue: str) -> int:
        channel = await self.broker.channel()
        declared = await channel.declare_queue(queue, passive=True)
        await close_quietly(channel)
        return declared.declaration_result.message_count or 0

    async def pending(self) -> int:
        return await self.database["outbox"].count_documents({"state": "pending"})

    async def applied(self) -> list[Document]:
        return await self.database["applied"].find().to_list()

    async def kept(self) -> dict[str, Document]:
        return {copy["_id"]: copy async for copy in self.database["copies"].find()}

    async def remove(self) -> None:
        """Delete what it declared at the broker."""
        names = [self.topology.dead(TAKER), *(self.topology.lane_queue(TAKER, lane) for lane in LANES)]
        tiers = [self.topology.retry(TAKER, tier) for tier in range(len(self.topology.retry_seconds))]
        channel = await self.broker.channel()
        for queue in [*names, *tiers]:
            await channel.queue_delete(queue)
        for exchange in [*tiers, self.topology.events, self.topology.live]:
            await channel.exchange_delete(exchange)
        await close_quietly(channel)


def event(subject: str, version: int = 1, *, balance: int = 0, lane: str = LANE, **changed: Any) -> Event:
    """An event of the maker about an account."""
    fields: dict[str, Any] = {
        "id": new_id(),
        "source": MAKER,
        "fact": "account-opened" if version == 1 else "account-changed",
        "schema": 1,
        "subject": subject,
        "lane": lane,
        "version": version,
        "time": datetime.now(UTC),
        "data": {"balance": balance},
        "correlation_id": "correlation-1",
        "causation_id": None,
        "traceparent": None,
    }
    return Event(**{**fields, **changed})
