"""Timers: due once a period among all workers, tried again after a fault, ended with the stop."""

import asyncio

from prometheus_client import REGISTRY
from servicekit.domain import SystemClock
from servicekit.runtime.timers import TIMERS, Timer, in_batches, run_timers, take
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database
from servicekit.storage.work import Work

from tests.support.waiting import eventually


def _commands(database: Database) -> Commands:
    return Commands(database, source="library", clock=SystemClock())


def _counted(timer: str, outcome: str) -> float | None:
    return REGISTRY.get_sample_value(
        "huijia_timer_runs_total", {"service": "library", "timer": timer, "outcome": outcome}
    )


async def _nothing(_commands: Commands) -> None: ...


async def test_of_many_workers_one_takes_a_timer_that_is_due(database: Database) -> None:
    timer = Timer("expire", 3600, _nothing)

    first = await asyncio.gather(*(take(database, timer) for _ in range(10)))
    again = await asyncio.gather(*(take(database, timer) for _ in range(10)))

    assert (sum(first), sum(again)) == (1, 0)


async def test_a_timer_is_due_again_after_its_period(database: Database) -> None:
    timer = Timer("expire", 0.1, _nothing)
    await take(database, timer)

    await eventually(lambda: take(database, timer))


async def test_a_run_that_failed_is_followed_by_another_and_both_are_counted(database: Database) -> None:
    stop = asyncio.Event()
    runs = 0

    async def fail_once(_commands: Commands) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise KeyError("a bug")
        stop.set()

    await run_timers("library", [Timer("fail-once", 0.01, fail_once)], _commands(database), stop, grace_seconds=1)

    assert runs == 2
    assert (_counted("fail-once", "failed"), _counted("fail-once", "done")) == (1, 1)


async def test_a_use_case_is_run_in_batches_until_nothing_is_left(database: Database) -> None:
    await database["books"].insert_many([{"_id": number, "late": False} for number in range(5)])

    async def remind_two(work: Work) -> int:
        late = await work.collection("books").find({"late": False}).limit(2).to_list()
        await work.collection("books").update_many({"_id": {"$in": [b["_id"] for b in late]}}, {"$set": {"late": True}})
        return len(late)

    await in_batches(remind_two)(_commands(database))

    assert await database["books"].count_documents({"late": True}) == 5


async def test_a_run_in_hand_is_cut_off_after_the_grace_period(database: Database) -> None:
    stop, begun = asyncio.Event(), asyncio.Event()

    async def stuck(_commands: Commands) -> None:
        begun.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(
        run_timers("library", [Timer("stuck", 3600, stuck)], _commands(database), stop, grace_seconds=0.01)
    )
    await begun.wait()
    stop.set()

    async with asyncio.timeout(5):
        await running
    assert await database[TIMERS].count_documents({"_id": "stuck"}) == 1


async def test_every_worker_observes_though_only_one_runs(database: Database) -> None:
    ran: list[int] = []
    seen: list[int] = []
    stop = asyncio.Event()

    def worker(number: int) -> Timer:
        async def run(_commands: Commands) -> None:
            ran.append(number)

        async def observe(_commands: Commands) -> None:
            seen.append(number)
            if len(seen) == 2:
                stop.set()

        return Timer("prove", 3600, run, observe=observe)

    commands = _commands(database)
    await asyncio.gather(*(run_timers("library", [worker(n)], commands, stop, grace_seconds=1) for n in (1, 2)))

    assert len(ran) == 1
    assert sorted(seen) == [1, 2]
