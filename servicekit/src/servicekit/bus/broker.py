"""The connection to RabbitMQ. It restores itself, its channels and its consumers after the broker was away."""

import asyncio
from typing import Self

import aio_pika
import structlog
from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection
from aio_pika.exceptions import AMQPException

log = structlog.get_logger()

# What a broker that is away or going away raises; the same step succeeds when it is back.
AWAY = (AMQPException, ConnectionError, OSError, asyncio.TimeoutError, RuntimeError)
RECONNECT_SECONDS = 1


class Broker:
    def __init__(self, connection: AbstractRobustConnection) -> None:
        self._connection = connection

    @classmethod
    async def connect(cls, url: str, *, name: str, attempts: int | None = None) -> Self:
        """Connect as `name` (shown by the broker), trying until the broker is there or `attempts` are used up."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return cls(
                    await aio_pika.connect_robust(
                        url,
                        client_properties={"connection_name": name},
                        reconnect_interval=RECONNECT_SECONDS,
                        timeout=10,
                    )
                )
            except AWAY as error:
                if attempts is not None and attempt >= attempts:
                    raise
                log.warning("broker.away", error=type(error).__name__, attempt=attempt, next="retrying in 1 s")
                await asyncio.sleep(RECONNECT_SECONDS)

    @property
    def is_connected(self) -> bool:
        return self._connection.connected.is_set() and not self._connection.is_closed

    async def channel(self, *, prefetch: int = 0) -> AbstractRobustChannel:
        """A channel with confirms; an unroutable publish raises on it."""
        channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        if prefetch:
            await channel.set_qos(prefetch_count=prefetch)
        return channel

    async def close(self) -> None:
        await self._connection.close()
