"""Loops outlive faults, end with the stop, and don't take each other down."""

import asyncio

import pytest
from servicekit.bus import loops
from servicekit.bus.loops import keep_going, run_until

from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "SHORTEST_PAUSE", 0.001)


@pytest.mark.parametrize(
    "fault", [ConnectionError("away"), KeyError("a bug"), asyncio.CancelledError("aiormq's, not ours")], ids=repr
)
async def test_a_loop_goes_on_after_a_fault(fault: BaseException) -> None:
    stop = asyncio.Event()
    steps = 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            stop.set()
        raise fault

    await keep_going("test", step, stop)

    assert steps == 3


async def test_a_loop_that_keeps_failing_does_not_hold_up_another() -> None:
    stop = asyncio.Event()
    good = 0

    async def fail() -> None:
        raise KeyError("a bug")

    async def work() -> None:
        nonlocal good
        good += 1
        await asyncio.sleep(0)

    running = asyncio.create_task(
        run_until(stop, [keep_going("bad", fail, stop), keep_going("good", work, stop)], grace_seconds=1)
    )
    await eventually(lambda: good > 50)
    stop.set()

    await running


async def test_a_loop_that_outlasts_the_grace_period_is_cancelled() -> None:
    stop = asyncio.Event()
    stop.set()

    async with asyncio.timeout(5):
        await run_until(stop, [keep_going("stuck", asyncio.Event().wait, stop), _never()], grace_seconds=0.01)


async def test_a_cancelled_loop_ends() -> None:
    loop = asyncio.create_task(keep_going("test", _never, asyncio.Event()))
    await asyncio.sleep(0)

    loop.cancel()

    with pytest.raises(asyncio.CancelledError):
        await loop


async def _never() -> None:
    await asyncio.Event().wait()
