"""A circuit breaker: a subgraph that failed many times in a row is left alone for a while."""

from collections.abc import Callable
from time import monotonic


class Breaker:
    """Opens after `limit` failures in a row; after `pause_seconds` one request tries again."""

    def __init__(self, limit: int, pause_seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._limit = limit
        self._pause = pause_seconds
        self._clock = clock
        self._failures = 0
        self._retry_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self._limit

    def allows(self) -> bool:
        if not self.is_open:
            return True
        now = self._clock()
        if now < self._retry_at:
            return False
        self._retry_at = now + self._pause
        return True

    def succeeded(self) -> bool:
        """Whether it was open until now."""
        was_open = self.is_open
        self._failures = 0
        return was_open

    def failed(self) -> None:
        self._failures += 1
        if self.is_open:
            self._retry_at = self._clock() + self._pause
