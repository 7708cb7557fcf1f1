"""Any interleaving of commands, relays and consumers, each of which may crash at any point, ends well.

The crash points: before a commit, after it, after a claim, after a publish, after a mark, before the commit of effects,
after it, after the acknowledgement. A crash is a step abandoned; whoever comes next starts afresh. In the end each
committed command has had its effect exactly once, at its newest version, and nothing else has had any.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from aio_pika.abc import AbstractChannel
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)
from pamqp.commands import Basic
from servicekit.bus.apply import Consumes, Subscriptions
from servicekit.bus.broker import Broker, close_quietly
from servicekit.bus.lane import Lane
from servicekit.bus.messages import Delivery, lower
from servicekit.bus.relay import Relay
from servicekit.bus.retry import Retries
from servicekit.bus.topology import Topology
from servicekit.domain import new_id
from servicekit.events import Fact
from servicekit.storage.mongo import Document, connect, open_database
from servicekit.storage.outbox import Lease
from servicekit.storage.work import Work

from tests.contracts.toy import ACTOR, COLLECTIONS, LANE, MAKER, TAKER, Snapshot, Toy, add, open_accounts
from tests.support.waiting import eventually

T = TypeVar("T")
LEASE_SECONDS = 0.03
TOTALS = "totals"


class Crash(BaseException):
    """The process is gone here."""


async def crash(work: Work) -> None:
    await work.flush()
    raise Crash


async def book(work: Work, facts: Sequence[Fact[Snapshot]]) -> None:
    """Keep the newest copies, and their sum: the old contribution is taken out and the new one put in."""
    documents = [{"_id": fact.subject, "version": fact.version, "balance": fact.data.balance} for fact in facts]
    pairs = await work.keep_newest("copies", documents)
    change = sum(new["balance"] - (old["balance"] if old else 0) for old, new in pairs)
    await work.collection(TOTALS).update_one({"_id": "all"}, {"$inc": {"balance": change}}, upsert=True)
    await work.collection("applied").insert_many([{"event": fact.id} for fact in facts])


@dataclass
class Leased:
    """What a relay that has not crashed yet has in hand."""

    relay: Relay
    lease: Lease
    confirmed: list[Document]


@dataclass
class Taken:
    """What a consumer that has not crashed yet has in hand."""

    channel: AbstractChannel
    deliveries: list[Delivery]


class House:
    """The toy's servers and loop, shared by all runs of the machine."""

    def __init__(self, mongodb_uri: str, amqp_url: str, namespace: str) -> None:
        self._runner = asyncio.Runner()
        self._client = self.run(_connect(mongodb_uri))
        self.toy = Toy(
            open_database(self._client, namespace),
            self.run(Broker.connect(amqp_url, name="crash")),
            Topology(namespace),
        )
        self.queue = f"{namespace}.by-hand"
        self.run(self._prepare())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)

    async def _prepare(self) -> None:
        await self.toy.prepare()
        await self.toy.database.create_collection(TOTALS)
        # Messages are fetched one by one here, which a queue with a single active consumer does not offer. So several
        # consumers may have messages in hand at once: one more thing that must do no harm.
        channel = await self.toy.broker.channel()
        queue = await channel.declare_queue(self.queue, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(self.toy.topology.events, "#")
        await channel.queue_delete(self.toy.topology.lane_queue(TAKER, LANE))
        await close_quietly(channel)

    async def _remove(self) -> None:
        channel = await self.toy.broker.channel()
        await channel.queue_delete(self.queue)
        await close_quietly(channel)
        await self.toy.remove()

    def close(self) -> None:
        self.run(self._remove())
        self.run(self._client.drop_database(self.toy.database.name))
        self.run(self.toy.broker.close())
        self.run(self._client.close())
        self._runner.close()

    async def clear(self) -> None:
        for name in [*COLLECTIONS, TOTALS]:
            await self.toy.database[name].delete_many({})
        channel = await self.toy.broker.channel()
        await (await channel.get_queue(self.queue)).purge()
        await close_quietly(channel)

    def lane(self, retries: Retries, *, crashes: bool = False) -> Lane:
        async def book_and_crash(work: Work, facts: Sequence[Fact[Snapshot]]) -> None:
            await book(work, facts)
            raise Crash

        handler = book_and_crash if crashes else book
        subscriptions = Subscriptions([Consumes(MAKER, ("account-opened", "account-changed"), Snapshot, handler)])
        return Lane(TAKER, LANE, self.queue, self.toy.commands(TAKER), subscriptions, retries)

    async def take(self, most: int) -> Taken:
        channel = await self.toy.broker.channel()
        below = await lower(channel)
        deliveries = []
        for _ in range(most):
            message = await below.basic_get(self.queue)
            if isinstance(message.delivery, Basic.GetEmpty):
                break
            deliveries.append(Delivery.of(message))
        return Taken(channel, deliveries)

    async def apply(self, taken: Taken, *, crashes: bool = False) -> None:
        if taken.deliveries:
            retries = Retries(await lower(taken.channel), self.toy.topology, TAKER)
            await self.lane(retries, crashes=crashes).handle(taken.deliveries, asyncio.Event())

    async def acknowledge(self, taken: Taken) -> None:
        if taken.deliveries:
            await (await lower(taken.channel)).basic_ack(taken.deliveries[-1].tag, multiple=True)

    async def drain(self) -> bool:
        """Whether nothing is left to relay or to consume, after one more round of both."""
        relayed = await self.toy.relay(lease_seconds=LEASE_SECONDS).dispatch()
        taken = await self.take(50)
        await self.apply(taken)
        await self.acknowledge(taken)
        await close_quietly(taken.channel)
        return not relayed and not taken.deliveries and await self.toy.pending() == 0


async def _connect(uri: str) -> Any:
    return connect(uri)


class CrashPoints(RuleBasedStateMachine):
    house: House
    accounts = Bundle("accounts")
    leases = Bundle("leases")
    published = Bundle("published")
    taken = Bundle("taken")
    applied = Bundle("applied")

    def __init__(self) -> None:
        super().__init__()
        self.balances: dict[str, int] = {}
        self.channels: list[AbstractChannel] = []

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.house.run(coroutine)

    @initialize()
    def start(self) -> None:
        self.run(self.house.clear())

    @rule(target=accounts, count=st.integers(1, 3))
    def open_and_commit(self, count: int) -> Any:
        ids = self.run(self.house.toy.open_accounts(count))
        self.balances |= dict.fromkeys(ids, 0)
        return multiple(*ids)

    @rule()
    def crash_before_the_commit_of_an_opening(self) -> None:
        async def open_and_crash(work: Work) -> None:
            await open_accounts(work, [new_id()])
            await crash(work)

        self._crashing(self.house.toy.commands(MAKER).run_as(ACTOR, open_and_crash))

    @rule(id=accounts, amount=st.integers(1, 9))
    def change_and_commit(self, id: str, amount: int) -> None:
        self.run(self.house.toy.commands(MAKER).run_as(ACTOR, add, id, amount))
        self.balances[id] += amount

    @rule(id=accounts)
    def crash_before_the_commit_of_a_change(self, id: str) -> None:
        async def add_and_crash(work: Work) -> None:
            await add(work, id, 1000)
            await crash(work)

        self._crashing(self.house.toy.commands(MAKER).run_as(ACTOR, add_and_crash))

    def claim(self, batch: int) -> Leased:
        relay = self.house.toy.relay(batch=batch, lease_seconds=LEASE_SECONDS)
        return Leased(relay, self.run(relay.claim()), [])

    def publish(self, leased: Leased) -> Leased:
        leased.confirmed = self.run(leased.relay.publish(leased.lease))
        return leased

    def mark(self, leased: Leased) -> None:
        self.run(leased.relay.mark(leased.lease, leased.confirmed))

    # Relays that are slow: their lease may have ended and the rows be published by others meanwhile.
    @rule(target=leases, batch=st.integers(1, 5))
    def claim_slowly(self, batch: int) -> Leased:
        return self.claim(batch)

    @rule(target=published, leased=consumes(leases))
    def publish_slowly(self, leased: Leased) -> Leased:
        return self.publish(leased)

    @rule(leased=consumes(published))
    def mark_slowly(self, leased: Leased) -> None:
        self.mark(leased)

    @rule(batch=st.integers(1, 3), crash_after=st.sampled_from(["claim", "publish", "mark"]))
    def relay_until_crash(self, batch: int, crash_after: str) -> None:
        leased = self.claim(batch)
        if crash_after != "claim":
            leased = self.publish(leased)
        if crash_after == "mark":
            self.mark(leased)

    @rule(most=st.integers(1, 5), crash_after=st.sampled_from(["take", "effects", "acknowledgement"]))
    def consume_until_crash(self, most: int, crash_after: str) -> None:
        taken = self.run(self.house.take(most))
        if crash_after != "take":
            self.run(self.house.apply(taken))
        if crash_after == "acknowledgement":
            self.run(self.house.acknowledge(taken))
        self.run(taken.channel.close())

    @rule(target=taken, most=st.integers(1, 5))
    def take(self, most: int) -> Taken:
        taken = self.run(self.house.take(most))
        self.channels.append(taken.channel)
        return taken

    @rule(taken=consumes(taken))
    def crash_before_the_effects(self, taken: Taken) -> None:
        self.run(taken.channel.close())

    @rule(taken=consumes(taken))
    def crash_before_the_commit_of_the_effects(self, taken: Taken) -> None:
        with suppress(Crash):  # where all had their effects before, there is none to crash in
            self.run(self.house.apply(taken, crashes=True))
        self.run(taken.channel.close())

    @rule(target=applied, taken=consumes(taken))
    def apply(self, taken: Taken) -> Taken:
        self.run(self.house.apply(taken))
        return taken

    @rule(taken=consumes(applied))
    def crash_after_the_effects(self, taken: Taken) -> None:
        self.run(taken.channel.close())

    @rule(taken=consumes(applied))
    def acknowledge_and_crash(self, taken: Taken) -> None:
        self.run(self.house.acknowledge(taken))
        self.run(taken.channel.close())

    def teardown(self) -> None:
        self.run(self._finish())

    async def _finish(self) -> None:
        for channel in self.channels:
            await close_quietly(channel)
        await eventually(self.house.drain)
        await eventually(self.house.drain, message="still nothing left")
        database = self.house.toy.database
        copies = {copy["_id"]: copy["balance"] for copy in (await self.house.toy.kept()).values()}
        applied = [note["event"] for note in await self.house.toy.applied()]
        stored = {row["_id"] async for row in database["outbox"].find({}, {"_id": 1})}
        total = await database[TOTALS].find_one({"_id": "all"})
        assert copies == self.balances
        assert (total["balance"] if total else 0) == sum(self.balances.values())
        assert len(applied) == len(set(applied))
        assert set(applied) <= stored

    def _crashing(self, coroutine: Coroutine[Any, Any, object]) -> None:
        async def crashing() -> None:
            with pytest.raises(Crash):
                await coroutine

        self.run(crashing())


@pytest.fixture
def house(mongodb_uri: str, amqp_url: str, namespace: str) -> Iterator[House]:
    house = House(mongodb_uri, amqp_url, namespace)
    yield house
    house.close()


def test_whatever_crashes_wherever_each_committed_command_has_its_effect_once(house: House) -> None:
    class Machine(CrashPoints):
        pass

    Machine.house = house
    limits = settings(
        max_examples=30,
        stateful_step_count=30,
        phases=[Phase.generate],  # to make a failure shorter takes longer than a test may
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(Machine, settings=limits)  # type: ignore[no-untyped-call]
