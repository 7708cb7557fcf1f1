"""Two replicas of evaluation on disjoint lanes against one on all of them, and how soon one takes over from another.

The events are in the queues before the clock starts: workers are stopped (SIGSTOP) when they are ready, and go on at
once. Everything else is as in production: the service itself, its own effects, MongoDB and RabbitMQ. These share the
cores with the workers, so it is said how many cores one replica keeps busy, with what it asks of the two: no number of
replicas does more than the machine's cores divided by these.
"""

import asyncio
import os
import secrets
import signal
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from evaluation.app import SERVICE
from evaluation.storage.collections import ARCHIVE, CELLS, LEDGER, STANDINGS
from huijia_local.keys import ensure_keys
from huijia_local.ports import LOOPBACK, free_ports
from huijia_local.servers import Server
from huijia_local.services import Service
from huijia_local.tokens import AUDIENCE, ISSUER
from rich.console import Console
from rich.progress import track
from servicekit.bus.broker import Broker, close_quietly
from servicekit.bus.consumer import Consumer
from servicekit.bus.messages import lower
from servicekit.bus.publishing import Outgoing, publish_all
from servicekit.bus.topology import Topology
from servicekit.domain import SystemClock
from servicekit.events import Event
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database, connect, open_database

from tests.evaluation.events import record
from tests.support.servers import running_mongod, running_rabbitmq
from tests.support.waiting import eventually

EVENTS = int(os.environ.get("LANE_EVENTS", "40000"))
ROUNDS = int(os.environ.get("LANE_ROUNDS", "3"))
LANES = ("350802", "350803", "350821", "350823")
BATCH = 500
LIMIT_SECONDS = 180


class Bench:
    """One namespace and database, with workers of evaluation on them."""

    def __init__(self, mongod: Server, rabbitmq: Server, folder: Path) -> None:
        self._servers, self._folder = (mongod, rabbitmq), folder
        self._mongodb, self._amqp = mongod.url, rabbitmq.url
        self.name = f"lanes-{secrets.token_hex(4)}"
        self.topology = Topology(self.name)
        self.database: Database = open_database(connect(mongod.url), self.name)

    @asynccontextmanager
    async def workers(self, *lanes: Sequence[str]) -> AsyncIterator[list[Service]]:
        """One for each group of lanes; ready."""
        ports = free_ports(len(lanes))
        services = [self._worker(some, port) for some, port in zip(lanes, ports, strict=True)]
        try:
            await asyncio.gather(*(asyncio.to_thread(service.start) for service in services))
            yield services
        finally:
            for service in services:
                await asyncio.to_thread(service.kill)

    async def publish(self, events: Sequence[Event]) -> None:
        """Into the lanes' queues, which exist from then on."""
        broker = await Broker.connect(self._amqp, name="bench")
        commands = Commands(self.database, source=SERVICE.name, clock=SystemClock())
        await Consumer(SERVICE.name, commands, broker, self.topology, SERVICE.consumed, LANES, take_all=True).declare()
        channel = await broker.channel()
        for start in range(0, len(events), BATCH):
            some = [Outgoing(event.id, event.routing_key, event.encode()) for event in events[start : start + BATCH]]
            await publish_all(await lower(channel), self.topology.events, some)
        await close_quietly(channel)
        await broker.close()

    async def applied(self) -> int:
        return int(await self.database["inbox"].estimated_document_count())

    def computed(self, workers: Sequence[Service]) -> float:
        """Seconds of the processor so far, of the workers and of the stores."""
        everybody = (process for server in (*self._servers, *workers) for process in server.processes.values())
        return sum(process.cpu_seconds for process in everybody)

    async def bytes_kept(self) -> tuple[float, float]:
        """Of the archive and of the books (ledger, cells, standings), with their indexes, compressed as on the disk."""
        sizes = [await self._size(name) for name in (ARCHIVE, LEDGER, CELLS, STANDINGS)]
        return sizes[0], sum(sizes[1:])

    async def _size(self, collection: str) -> float:
        stats = await self.database[collection].aggregate([{"$collStats": {"storageStats": {}}}])
        (found,) = await stats.to_list()
        return float(found["storageStats"]["totalSize"])

    async def close(self) -> None:
        await self.database.client.drop_database(self.name)
        await self.database.client.close()

    def _worker(self, lanes: Sequence[str], port: int) -> Service:
        keys = ensure_keys(self._folder / "keys")
        env = {
            "HUIJIA_MONGODB_URI": self._mongodb,
            "HUIJIA_AMQP_URL": self._amqp,
            "HUIJIA_DATABASE": self.name,
            "HUIJIA_NAMESPACE": self.name,
            "HUIJIA_ROLE": "worker",
            "HUIJIA_LANES": ",".join(lanes),
            "HUIJIA_ISSUER": ISSUER,
            "HUIJIA_AUDIENCE": AUDIENCE,
            "HUIJIA_JWKS": str(keys.jwks),
            "HUIJIA_HOST": LOOPBACK,
            "HUIJIA_PORT": str(port),
        }
        return Service(f"evaluation-{port}", port, self._folder / f"{port}.log", ["evaluation"], env)


def run() -> dict[str, object]:
    """Events per second (medians), their ratio, and seconds from a kill to the first effect of the successor."""
    with ExitStack() as stack:
        mongod, rabbitmq = stack.enter_context(running_mongod()), stack.enter_context(running_rabbitmq())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="huijia-lanes-")))
        return asyncio.run(_measure(lambda: Bench(mongod, rabbitmq, folder)))


async def _measure(bench: Callable[[], Bench]) -> dict[str, object]:
    one, two, takeovers, busy = [], [], [], []
    archive = books = 0.0
    for _ in track(range(ROUNDS), "Rounds", console=Console(stderr=True)):
        alone, shared = bench(), bench()
        rate, cores = await _rate(alone, LANES)
        one.append(rate)
        busy.append(cores)
        two.append((await _rate(shared, LANES[:2], LANES[2:]))[0])
        await alone.database.client.admin.command("fsync")
        archive, books = await alone.bytes_kept()
        await alone.close()
        await shared.close()
        takeovers.append(await _takeover(bench()))
    rates = {"one": statistics.median(one), "two": statistics.median(two)}
    return {
        "one replica, events/s": round(rates["one"]),
        "two on disjoint lanes, events/s": round(rates["two"]),
        "ratio": round(rates["two"] / rates["one"], 2),
        "cores that one keeps busy": round(statistics.median(busy), 2),
        "takeover s": round(statistics.median(takeovers), 2),
        "archive, bytes an event": round(archive / EVENTS),
        "books, bytes an event": round(books / EVENTS),
        "events": EVENTS,
        "cores": os.cpu_count(),
    }


async def _rate(bench: Bench, *lanes: Sequence[str]) -> tuple[float, float]:
    """Events per second of workers on these groups of lanes, and how many cores these and the stores keep busy."""
    async with bench.workers(*lanes) as workers:
        _signal(workers, signal.SIGSTOP)
        await bench.publish(_events(EVENTS))
        before, computed = await bench.applied(), bench.computed(workers)
        began = time.perf_counter()
        _signal(workers, signal.SIGCONT)
        await _until(bench, before + EVENTS)
        seconds = time.perf_counter() - began
        return EVENTS / seconds, (bench.computed(workers) - computed) / seconds


async def _takeover(bench: Bench) -> float:
    """Seconds from the kill of the replica that has the lanes to the first effect of the one that stands by."""
    async with bench.workers(LANES) as [owner], bench.workers(LANES) as [standby]:
        await bench.publish(_events(1_000))
        await _until(bench, 1_000)
        _signal([owner], signal.SIGSTOP)
        await bench.publish(_events(1_000))
        stopped = await bench.applied()
        assert standby.alive
        began = time.perf_counter()
        await asyncio.to_thread(owner.kill)
        await _until(bench, stopped + 1)
        seconds = time.perf_counter() - began
    await bench.close()
    return seconds


def _signal(workers: Sequence[Service], number: signal.Signals) -> None:
    for worker in workers:
        os.kill(worker.processes[worker.name].pid, number)


async def _until(bench: Bench, count: int) -> None:
    async def reached() -> bool:
        return await bench.applied() >= count

    await eventually(reached, within=LIMIT_SECONDS, every=0.01)


def _events(count: int) -> list[Event]:
    return list(_told(count))


def _told(count: int) -> Iterator[Event]:
    """Service records, submitted and then confirmed, of members who are as many as a tenth of the records."""
    start = secrets.randbelow(10**9)
    for number in range(count // 2):
        subject, lane = str(start + number), LANES[number % len(LANES)]
        member = f"{lane}-m{number % max(1, count // 20)}"
        yield record(subject, 1, "SUBMITTED", lane, member=member)
        yield record(subject, 2, "CONFIRMED", lane, member=member)
