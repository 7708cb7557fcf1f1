"""What a service does by itself every so often: expiry, reminders, sealing.

The workers of a service share its timers: whoever finds one due takes it, by the database's clock. A run that outlasts
its period, or whose worker died, is followed by another: like every command, it has to bear racing with itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from prometheus_client import Counter

from servicekit.bus.loops import keep_going, run_until, wait_or_stop
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

TIMERS = "timers"
LONGEST_REST_SECONDS = 30.0
RUNS = Counter("huijia_timer_runs_total", "Runs of timers", ["service", "timer", "outcome"])

Run = Callable[[Commands], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timer:
    """`run(commands)` is called by one worker of the service about every `every_seconds`. The name is lasting.

    `observe` is called by every worker, twice a minute or more often: it sets gauges by what the runs have stored, so
    that no worker goes on telling what it saw when it last had a turn.
    """

    name: str
    every_seconds: float
    run: Run
    observe: Run | None = None


def in_batches(use_case: Callable[[Work], Awaitable[int]]) -> Run:
    """A run that calls `use_case`, a transaction each, until it answers that it did nothing more."""

    async def run(commands: Commands) -> None:
        while await commands.run(use_case):
            pass

    return run


async def run_timers(
    service: str, timers: Sequence[Timer], commands: Commands, stop: asyncio.Event, grace_seconds: float
) -> None:
    """Run timers whenever they are due, until `stop`; a run that outlasts the grace period is cut off."""
    loops = [
        keep_going("timer", partial(_run_if_due, service, timer, commands, stop), stop, timer=timer.name)
        for timer in timers
    ]
    await run_until(stop, loops, grace_seconds)


async def take(database: Database, timer: Timer) -> bool:
    """Whether the timer was due and is this caller's; it is due again after its period."""
    due = {"$ifNull": ["$due", "$$NOW"]}
    due_again = {"$add": ["$$NOW", int(timer.every_seconds * 1000)]}
    done = await database[TIMERS].update_one(
        {"_id": timer.name}, [{"$set": {"due": {"$cond": [{"$lte": [due, "$$NOW"]}, due_again, due]}}}], upsert=True
    )
    return bool(done.modified_count or done.upserted_id)


async def _run_if_due(service: str, timer: Timer, commands: Commands, stop: asyncio.Event) -> None:
    if await take(commands.database, timer):
        await _run(service, timer, commands)
    if timer.observe is not None:
        await timer.observe(commands)
    await wait_or_stop(stop, min(timer.every_seconds, LONGEST_REST_SECONDS))


async def _run(service: str, timer: Timer, commands: Commands) -> None:
    outcome = "failed"
    try:
        await timer.run(commands)
        outcome = "done"
    finally:
        RUNS.labels(service, timer.name, outcome).inc()
