"""One trial: a cluster, a load, a nemesis, and the verdict."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

from pymongo import AsyncMongoClient
from servicekit.storage.mongo import open_database

from tests.faults.availability import Successes
from tests.faults.checker import Checker, Verdict
from tests.faults.client import Client
from tests.faults.cluster import Cluster
from tests.faults.load import Load
from tests.faults.model import Model
from tests.faults.nemesis import Fault, Nemesis
from tests.faults.town import found_town

PROBE_SECONDS = 2.0


@dataclass(frozen=True)
class Outcome:
    seed: int
    seconds: float
    faults: list[Fault]
    model: Model
    verdict: Verdict
    reads: Successes
    writes: Successes
    attempts: dict[str, int]


async def trial(
    folder: Path,
    *,
    seed: int,
    seconds: float,
    writers: int,
    members: int,
    tell: Callable[[Fault], None] = lambda _fault: None,
    say: Callable[[str], None] = lambda _text: None,
) -> Outcome:
    """Disturb a city of `members` a community for so many seconds under `writers` at work."""
    cluster = Cluster(folder)
    try:
        say("The cluster starts")
        await asyncio.to_thread(cluster.start)
        async with (
            Client(cluster.urls) as client,
            Client(cluster.urls, PROBE_SECONDS) as prober,
            AsyncMongoClient(cluster.mongodb_uri) as mongo,
        ):
            say("The town is founded")
            town = await found_town(client, cluster.keys, members)
            load = Load(town, client, Model(), seed)
            nemesis = Nemesis(cluster, seed, tell)
            began = monotonic()
            say("Faults")
            await _under_load(load, nemesis, seconds, writers, prober)
            ended = monotonic()
            say("All is healed; the checker waits and compares")
            checker = Checker(cluster, partial(open_database, mongo), load.model, town, client)
            verdict = await checker.check()
            attempts = dict(client.outcomes + prober.outcomes)
            return Outcome(seed, ended - began, nemesis.faults, load.model, verdict, load.reads, load.writes, attempts)
    finally:
        await asyncio.to_thread(cluster.stop)


async def _under_load(load: Load, nemesis: Nemesis, seconds: float, writers: int, prober: Client) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(load.run(stop, writers, prober))
        await nemesis.run(seconds)
        await asyncio.to_thread(nemesis.cluster.wait_whole)
        await asyncio.sleep(2)
        stop.set()
