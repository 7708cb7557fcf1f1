"""What a lane's queue delivered and nobody has handled yet."""

import asyncio
from collections import deque

from aiormq.abc import DeliveredMessage

from servicekit.bus.messages import Delivery

# A batch lingers 20 ms for more.
LOOK_SECONDS = 0.004
LINGER_LOOKS = 5


class Intake:
    """Gathers deliveries to batches. When it has ended, what is still in it was never taken."""

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque()
        self._arrived = asyncio.Event()
        self._ended = False

    async def put(self, message: DeliveredMessage) -> None:
        self._waiting.append(Delivery.of(message))
        self._arrived.set()

    def end(self) -> None:
        """No more batches: the service stops, or the channel is gone."""
        self._ended = True
        self._arrived.set()

    async def batch(self, size: int) -> list[Delivery]:
        """The next deliveries in their order: at least one, up to `size` or what comes within the linger.

        Empty when it has ended.
        """
        while not self._waiting and not self._ended:
            self._arrived.clear()
            await self._arrived.wait()
        for _ in range(LINGER_LOOKS):
            if len(self._waiting) >= size or self._ended:
                break
            await asyncio.sleep(LOOK_SECONDS)
        if self._ended:
            return []
        return [self._waiting.popleft() for _ in range(min(size, len(self._waiting)))]
