"""Two replicas of evaluation on disjoint lanes against one on all of them, and how soon one takes over from another.

The events are in the queues before the clock starts: workers are stopped (SIGSTOP) when they are ready, and go on at
once. Everything else is as in production: the service itself, its own effects, MongoDB and RabbitMQ. These share the
cores with the workers, and one replica with the stores keeps one and a half busy: on two cores a second has nothing to
work with. So both are also measured with a part of a core for each replica, as if each had a small machine of its own.
"""

import asyncio
import os
import secrets
import signal
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
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

EVENTS = int(os.environ.get("LANE_EVENTS", "24000"))
ROUNDS = int(os.environ.get("LANE_ROUNDS", "3"))
LANES = ("350802", "350803", "350821", "350823")
BATCH = 500
LIMIT_SECONDS = 180
BEFORE_TAKEOVER = 4_000
SHARE, PERIOD_SECONDS = 0.4, 0.05


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
        """What is committed; an estimated count counts what is still open, too."""
        return await self.database["inbox"].count_documents({})

    async def open_transactions(self) -> int:
        status = await self.database.client.admin.command("serverStatus")
        return int(status["transactions"]["currentOpen"])

    def computed(self, workers: Sequence[Service]) -> float:
        """Seconds of the processor so far, of the workers and of the stores."""
        everybody = (process for server in (*self._servers, *workers) for process in server.processes.values())
        return sum(process.cpu_seconds for process in everybody)

    async def bytes_kept(self, *collections: str) -> float:
        """With their indexes, compressed as on the disk."""
        await self.database.client.admin.command("fsync")
        return sum([await self._size(collection) for collection in collections])

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
    found: dict[str, list[float]] = defaultdict(list)
    for _ in track(range(ROUNDS), "Rounds", console=Console(stderr=True)):
        for share, said in ((1.0, ""), (SHARE, f", {SHARE} of a core each")):
            one, two = await _rate(bench(), share, LANES), await _rate(bench(), share, LANES[:2], LANES[2:])
            found[f"one replica{said}, events/s"].append(one.rate)
            found[f"two on disjoint lanes{said}, events/s"].append(two.rate)
            found[f"ratio{said}"].append(two.rate / one.rate)
            found[f"cores that one and the stores keep busy{said}"].append(one.busy)
            found["archive, bytes an event"].append(one.archive / EVENTS)
            found["books, bytes an event"].append(one.books / EVENTS)
        found["first effect after a kill, s"].append(await _takeover(bench()))
        found["all applied after a kill within transactions, s"].append(await _takeover_of_transactions(bench()))
    figures = {name: statistics.median(values) for name, values in found.items()}
    return {
        **{name: round(value, 2 if value < 10 else None) for name, value in figures.items()},
        "events": EVENTS,
        "cores": os.cpu_count(),
    }


@dataclass(frozen=True)
class Applied:
    """Events per second; cores that workers and stores kept busy; bytes of the archive and of the books."""

    rate: float
    busy: float
    archive: float
    books: float


async def _rate(bench: Bench, share: float, *lanes: Sequence[str]) -> Applied:
    """What workers on these groups of lanes do that get `share` of a core each."""
    async with bench.workers(*lanes) as workers:
        _signal(workers, signal.SIGSTOP)
        await bench.publish(_events(EVENTS))
        before, computed = await bench.applied(), bench.computed(workers)
        began = time.perf_counter()
        working = asyncio.create_task(_work(workers, share))
        await _until(bench, before + EVENTS)
        seconds = time.perf_counter() - began
        working.cancel()
        busy = (bench.computed(workers) - computed) / seconds
    archive, books = await bench.bytes_kept(ARCHIVE), await bench.bytes_kept(LEDGER, CELLS, STANDINGS)
    await bench.close()
    return Applied(EVENTS / seconds, busy, archive, books)


async def _work(workers: Sequence[Service], share: float) -> None:
    """Have them run for this share of each period."""
    while True:
        _signal(workers, signal.SIGCONT)
        await asyncio.sleep(PERIOD_SECONDS * share)
        if share < 1:
            _signal(workers, signal.SIGSTOP)
            await asyncio.sleep(PERIOD_SECONDS * (1 - share))


async def _takeover(bench: Bench) -> float:
    """Seconds from the kill of an idle replica to the first effect of the one that stands by."""
    async with bench.workers(LANES) as [owner], bench.workers(LANES):
        await bench.publish(_events(BEFORE_TAKEOVER))
        await _until(bench, BEFORE_TAKEOVER)
        _signal([owner], signal.SIGSTOP)
        await bench.publish(_events(BEFORE_TAKEOVER))
        seconds = await _seconds_without(owner, bench, BEFORE_TAKEOVER + 1)
    await bench.close()
    return seconds


async def _takeover_of_transactions(bench: Bench) -> float:
    """Seconds from the kill of a replica within transactions until all events are applied.

    What it had open is in the way of its successor in those lanes until MongoDB ends it.
    """
    async with bench.workers(LANES) as [owner], bench.workers(LANES):
        await bench.publish(_events(BEFORE_TAKEOVER))
        await _stop_in_transaction(bench, owner)
        seconds = await _seconds_without(owner, bench, BEFORE_TAKEOVER)
    await bench.close()
    return seconds


async def _seconds_without(owner: Service, bench: Bench, count: int) -> float:
    """From the owner's death until so many events are applied."""
    began = time.perf_counter()
    await asyncio.to_thread(owner.kill)
    await _until(bench, count)
    return time.perf_counter() - began


async def _stop_in_transaction(bench: Bench, owner: Service) -> None:
    await _until(bench, 1)
    _signal([owner], signal.SIGSTOP)
    while not await bench.open_transactions():
        _signal([owner], signal.SIGCONT)
        await asyncio.sleep(0.01)
        _signal([owner], signal.SIGSTOP)


def _signal(workers: Sequence[Service], number: signal.Signals) -> None:
    for worker in workers:
        os.kill(worker.processes[worker.name].pid, number)


async def _until(bench: Bench, count: int) -> None:
    async def reached() -> bool:
        return await bench.applied() >= count

    await eventually(reached, within=LIMIT_SECONDS, every=0.05)


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
