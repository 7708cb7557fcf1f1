"""Wait for what must become true."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    condition: Callable[[], T | Awaitable[T]], within: float = 10, message: str = "", every: float = 0.02
) -> T:
    """Poll until `condition` (plain or async) is truthy and return that value.

    Fails with `message` and the last value `within` seconds later; an AssertionError raised by the condition counts
    as not yet.
    """
    deadline = time.monotonic() + within
    while True:
        last: object
        try:
            value = condition()
            value = await value if inspect.isawaitable(value) else value
            if value:
                return value
            last = value
        except AssertionError as not_yet:
            last = not_yet
        if time.monotonic() > deadline:
            raise AssertionError(f"{message or 'the condition'} did not hold within {within:g} s; last: {last!r}")
        await asyncio.sleep(every)
