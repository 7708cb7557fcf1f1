"""Identical fetches in flight at the same time are sent once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Flight(Generic[Result]):
    task: asyncio.Task[Result]
    waiting: int = 0


class Sharing(Generic[Key, Result]):
    """Callers with the same key wait for one call; it is cancelled only when the last of them went away."""

    def __init__(self) -> None:
        self._flights: dict[Key, _Flight[Result]] = {}

    async def share(self, key: Key, call: Callable[[], Awaitable[Result]]) -> Result:
        flight = self._flights.get(key)
        if flight is None or flight.task.done():
            flight = self._flights[key] = _Flight(asyncio.create_task(_run(call)))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                self._land(key, flight)

    def is_flying(self, key: Key) -> bool:
        flight = self._flights.get(key)
        return flight is not None and not flight.task.done()

    def _land(self, key: Key, flight: _Flight[Result]) -> None:
        flight.task.cancel()
        if self._flights.get(key) is flight:
            del self._flights[key]

    def forget(self) -> None:
        """Whoever comes from now on starts anew: after a write nobody may be given what was read before it."""
        self._flights.clear()


async def _run(call: Callable[[], Awaitable[Result]]) -> Result:
    return await call()
