"""The connection to RabbitMQ, made again on demand.

A channel lives as long as its connection. Whoever opened one opens the next when it is gone: nothing is restored behind
the back of a relay or a consumer, so an acknowledgement can never meet a channel that did not deliver the message.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable
from contextlib import suppress
from typing import Protocol, Self

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import AMQPException
from yarl import URL

log = structlog.get_logger()

# What a broker that is away or going away raises; the same step succeeds when it is back. RuntimeError: aiormq's
# ChannelInvalidStateError, and its connection that closed meanwhile.
AWAY = (AMQPException, OSError, TimeoutError, RuntimeError)
RECONNECT_SECONDS = 1
NEXT = "retrying in 1 s; if it goes on, check host, user, password and virtual host of HUIJIA_AMQP_URL"
# A node that hangs accepts connections and does not answer: the next one is tried after this time.
CONNECT_SECONDS = 5
OPEN_SECONDS = 10
CLOSE_SECONDS = 2
# A broker that hangs is noticed after this time, whatever the URL does not say.
HEARTBEAT_SECONDS = 20


class _Closeable(Protocol):
    def close(self) -> Awaitable[None]: ...


class Broker:
    """One connection at a time, shared by all channels, to one node of the cluster."""

    def __init__(self, urls: str, *, name: str) -> None:
        """`urls` are the addresses of the cluster's nodes, by commas (a comma within one is written %2C)."""
        self._urls = deque(_with_heartbeat(URL(url.strip())) for url in urls.split(","))
        # Replicas spread over the nodes.
        self._urls.rotate(random.randrange(len(self._urls)))  # noqa: S311
        self._name = name
        self._connection: AbstractConnection | None = None
        self._connecting = asyncio.Lock()

    @classmethod
    async def connect(cls, urls: str, *, name: str, attempts: int | None = None) -> Self:
        """Connect as `name` (shown by the broker), trying until the broker is there or `attempts` are used up.

        An attempt tries each of `urls`, addresses by commas, in turn.
        """
        broker = cls(urls, name=name)
        attempt = 0
        while True:
            attempt += 1
            try:
                await broker._connected()
            except AWAY as error:
                if attempts is not None and attempt >= attempts:
                    raise
                log.warning("broker.away", error=type(error).__name__, attempt=attempt, next=NEXT)
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                return broker

    @property
    def is_connected(self) -> bool:
        return self._connection is not None and self._connection.connected.is_set() and not self._connection.is_closed

    async def channel(self, *, prefetch: int = 0) -> AbstractChannel:
        """A channel with confirms; an unroutable publish raises on it. Connects again if the connection is gone."""
        connection = await self._connected()
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                if prefetch:
                    await channel.set_qos(prefetch_count=prefetch)
                return channel
        except TimeoutError:
            # It hangs: the next attempt gets a connection of its own.
            await close_quietly(connection)
            raise

    async def close(self) -> None:
        if self._connection is not None:
            await close_quietly(self._connection)

    async def _connected(self) -> AbstractConnection:
        async with self._connecting:
            if self._connection is None or not self.is_connected:
                await self.close()
                self._connection = await self._connect_to_any()
            return self._connection

    async def _connect_to_any(self) -> AbstractConnection:
        """A connection to the first node that answers; the one that was connected last comes last."""
        for left in reversed(range(len(self._urls))):
            url = self._urls[0]
            self._urls.rotate(-1)
            try:
                return await _connect(url, self._name)
            except AWAY as error:
                if not left:
                    raise
                log.warning("broker.node_away", node=f"{url.host}:{url.port}", error=type(error).__name__)
        raise AssertionError("there is always an address")


def _with_heartbeat(url: URL) -> URL:
    return url if "heartbeat" in url.query else url.update_query(heartbeat=HEARTBEAT_SECONDS)


async def _connect(url: URL, name: str) -> AbstractConnection:
    connection = aio_pika.Connection(url, client_properties={"connection_name": name})
    try:
        await connection.connect(timeout=CONNECT_SECONDS)
    except BaseException:
        await connection.close()
        raise
    return connection


async def close_quietly(closeable: _Closeable) -> None:
    """Close a connection or channel that may be gone or hang already."""
    with suppress(*AWAY):
        async with asyncio.timeout(CLOSE_SECONDS):
            await closeable.close()
