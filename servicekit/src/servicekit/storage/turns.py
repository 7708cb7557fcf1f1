"""Turns: units of work of one process that want the same thing go one after the other instead of losing races.

This only saves work: what is right is decided by write conflicts and versions, also between processes.
"""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from time import monotonic
from weakref import WeakValueDictionary

from servicekit.domain import Busy


class Turns:
    """The queues of one process, by what is wanted. Who came first is next."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def until(self, deadline: float) -> "Turn":
        """The turns of one unit of work, which are waited for until this instant of the monotonic clock."""
        return Turn(self, deadline)

    def lock(self, key: str) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


class Turn:
    """What one unit of work holds: entered before it begins, left when its transaction is over."""

    def __init__(self, turns: Turns, deadline: float) -> None:
        self._turns, self._deadline = turns, deadline
        self._held = AsyncExitStack()

    async def take(self, keys: Iterable[str]) -> None:
        """Wait until nobody else is at any of these. In order, so that no two wait for each other. Raises Busy."""
        try:
            async with asyncio.timeout(max(0.0, self._deadline - monotonic())):
                for key in sorted(set(keys)):
                    await self._held.enter_async_context(self._turns.lock(key))
        except TimeoutError as error:
            raise Busy() from error

    async def __aenter__(self) -> "Turn":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._held.aclose()
