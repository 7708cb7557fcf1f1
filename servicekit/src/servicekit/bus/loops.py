"""Loops that outlive faults: what a relay or a consumer runs until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from time import monotonic
from typing import Any

import structlog
from pymongo.errors import PyMongoError

from servicekit.bus.broker import AWAY

log = structlog.get_logger()

GRACE_SECONDS = 15.0
SHORTEST_PAUSE = 0.25
LONGEST_PAUSE = 5.0
CANCEL_AGAIN_SECONDS = 0.5


async def run_until(stop: asyncio.Event, loops: Iterable[Coroutine[Any, Any, None]], grace_seconds: float) -> None:
    """Run loops that end after `stop`; those that don't within the grace period are cancelled."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(loop) for loop in loops]
        await stop.wait()
        _, late = await asyncio.wait(tasks, timeout=grace_seconds)
        await cut_off(late)


async def cut_off(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel `tasks` until all of them have ended.

    Once is not enough: Python 3.11's `asyncio.wait_for`, through which PyMongo sends, loses a cancellation that comes
    when what it waits for is done already (CPython issue 86296).
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=CANCEL_AGAIN_SECONDS)


async def keep_going(name: str, step: Callable[[], Awaitable[None]], stop: asyncio.Event, **where: str) -> None:
    """Take `step` again and again until `stop`; after a fault with a pause that grows while the faults go on."""
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        began = monotonic()
        try:
            await step()
        except asyncio.CancelledError:
            # aiormq cancels what waits on a connection that died; only a cancellation of this very task ends it.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            log.warning(f"{name}.interrupted", error="connection lost", **where)
        except (*AWAY, PyMongoError) as error:
            log.warning(f"{name}.interrupted", error=type(error).__name__, reason=str(error)[:200], **where)
        except Exception:
            log.exception(f"{name}.failed", **where)
        else:
            pause = SHORTEST_PAUSE
            continue
        pause = SHORTEST_PAUSE if monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
        await wait_or_stop(stop, pause)


async def wait_or_stop(stop: asyncio.Event, seconds: float) -> None:
    """Sleep, but not beyond `stop`."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
