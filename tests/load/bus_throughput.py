"""Events per second from outbox row to committed effect, against raw aio-pika confirmed publishing.

Both on the same mongod and broker in the same run, alternating; relay and consumer are two processes, as in production.
The ratio of the medians is what counts: the figures themselves follow the machine.
"""

import asyncio
import os
import secrets
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

from aio_pika.abc import AbstractChannel, AbstractQueue
from pydantic import BaseModel
from rich.console import Console
from rich.progress import track
from rich.table import Table
from servicekit.bus import inbox
from servicekit.bus.broker import Broker, close_quietly
from servicekit.domain import Aggregate, SystemClock, new_id
from servicekit.storage import outbox
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import Database
from servicekit.storage.work import Actor, Work

from tests.load.bus_child import BODY_BYTES, LANES, MAKER, TAKER, WINDOW, consumer, database, topology
from tests.support.servers import running_mongod, running_rabbitmq

EVENTS = 14_000
ROUNDS = 3
COLLECTIONS = {"accounts": [], "copies": [], outbox.OUTBOX: outbox.INDEXES, inbox.INBOX: inbox.INDEXES}


class Snapshot(BaseModel):
    balance: int
    padding: str


class Account(Aggregate):
    def snapshot(self) -> Snapshot:
        return Snapshot(balance=1, padding="x" * (BODY_BYTES - 339))


def run() -> dict[str, object]:
    """Events per second (medians) of both, their ratio, and the size of an event in bytes."""
    with _servers():
        return asyncio.run(_measure())


@contextmanager
def _servers() -> Iterator[None]:
    """MONGODB_URI, AMQP_URL and NAMESPACE for us and the children: the servers given, else embedded ones."""
    with ExitStack() as stack:
        os.environ["MONGODB_URI"] = os.environ.get("HUIJIA_MONGODB_URI") or stack.enter_context(running_mongod()).url
        os.environ["AMQP_URL"] = os.environ.get("HUIJIA_AMQP_URL") or stack.enter_context(running_rabbitmq()).url
        os.environ["NAMESPACE"] = f"bench-{secrets.token_hex(6)}"
        yield


async def _measure() -> dict[str, object]:
    broker = await Broker.connect(os.environ["AMQP_URL"], name="bench")
    own = database()
    await ensure_indexes(own, COLLECTIONS)
    await consumer(broker).declare()
    raw, bus = [], []
    bytes_each = 0.0
    try:
        for _ in track(range(ROUNDS), "Rounds", console=Console(stderr=True)):
            await _bind_raw(broker)
            raw.append(await _raw())
            await _purge(broker)
            await _store(own)
            bytes_each = await _average_bytes(own)
            bus.append(await _bus(own))
            await _clear(own)
    finally:
        await _remove(broker)
        await own.client.drop_database(own.name)
        await own.client.close()
        await broker.close()
    rates = {name: EVENTS / statistics.median(seconds) for name, seconds in (("bus", bus), ("raw", raw))}
    return {
        "bus events/s": round(rates["bus"]),
        "raw aio-pika publishes/s": round(rates["raw"]),
        "ratio": round(rates["bus"] / rates["raw"], 2),
        "bytes an event": round(bytes_each),
        "events": EVENTS,
    }


async def _raw() -> float:
    async with _child("raw") as process:
        return float(await _line(process))


async def _bus(own: Database) -> float:
    async with _child("consumer"), _child("relay"):
        began = time.perf_counter()
        while await own["copies"].estimated_document_count() < EVENTS:
            if time.perf_counter() - began > 120:
                raise TimeoutError("the events did not arrive within 120 s")
            await asyncio.sleep(0.02)
        return time.perf_counter() - began


@asynccontextmanager
async def _child(role: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that has just begun its work; killed in the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.load.bus_child", role, str(EVENTS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert await _line(process) == "ready"
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        await process.stdin.drain()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


async def _store(own: Database) -> None:
    async def open_accounts(work: Work, lane: str) -> None:
        for _ in range(WINDOW):
            account = Account(id=new_id(), lane=lane)
            account.record("account-opened")
            work.save("accounts", account)

    commands = Commands(own, source=MAKER, clock=SystemClock())
    for turn in range(EVENTS // WINDOW):
        await commands.run_as(Actor("bench", ""), open_accounts, LANES[turn % len(LANES)])


async def _average_bytes(own: Database) -> float:
    sizes = await own["outbox"].aggregate([{"$group": {"_id": None, "bytes": {"$avg": {"$binarySize": "$body"}}}}])
    return float((await sizes.to_list())[0]["bytes"])


async def _clear(own: Database) -> None:
    for name in COLLECTIONS:
        await own[name].delete_many({})


async def _bind_raw(broker: Broker) -> None:
    """Let one lane's queue take what the raw publisher sends."""
    channel = await broker.channel()
    await (await _queue(channel)).bind(topology().events, f"{LANES[0]}.{MAKER}.raw")
    await close_quietly(channel)


async def _purge(broker: Broker) -> None:
    channel = await broker.channel()
    queue = await _queue(channel)
    await queue.purge()
    await queue.unbind(topology().events, f"{LANES[0]}.{MAKER}.raw")
    await close_quietly(channel)


async def _remove(broker: Broker) -> None:
    channel = await broker.channel()
    tiers = [topology().retry(TAKER, tier) for tier in range(len(topology().retry_seconds))]
    for queue in [topology().dead(TAKER), *(topology().lane_queue(TAKER, lane) for lane in LANES), *tiers]:
        await channel.queue_delete(queue)
    for exchange in [topology().events, *tiers]:
        await channel.exchange_delete(exchange)
    await close_quietly(channel)


async def _queue(channel: AbstractChannel) -> AbstractQueue:
    return await channel.get_queue(topology().lane_queue(TAKER, LANES[0]))


if __name__ == "__main__":
    table = Table("figure", "measured")
    for name, value in run().items():
        table.add_row(name, str(value))
    Console().print(table)
