"""Listens to facts as they happen, for those who watch a screen: nothing is kept for whoever isn't there.

A process has one queue of its own, which the broker removes with the connection. Effects belong into consumers, which
get every event; a listener's stream may end at any time, and who comes back has to ask for the present state.
"""

import asyncio
from collections import defaultdict, deque
from typing import Self

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from servicekit.bus import metrics
from servicekit.bus.broker import AWAY, Broker, close_quietly
from servicekit.bus.topology import Topology
from servicekit.domain import Refusal
from servicekit.events import Event, MalformedEvent

log = structlog.get_logger()

BUFFERED_EVENTS = 256
QUEUE_BYTES = 64 * 1024 * 1024
EVERY_LANE = "*"


class SubscriptionInterrupted(Refusal):
    zh = "订阅已中断,其间的消息可能未送达。"
    en = "The subscription was interrupted; what happened meanwhile may not have been told."
    next_zh = "请重新订阅,并查询当前状态。"
    next_en = "Subscribe again, and query the present state."


class SubscriberTooSlow(SubscriptionInterrupted):
    zh = "消息未及时接收,订阅已中断。"
    en = "The events were not taken in time, so the subscription was ended."


class FactStream:
    """The events of one subscriber in the order of their arrival; ends by raising SubscriptionInterrupted.

    At most 256 events wait for a subscriber who doesn't take them; then the stream ends. Close it with `aclose`.
    """

    def __init__(self, listener: "Listener", pattern: str) -> None:
        self.pattern = pattern
        self._listener = listener
        self._waiting: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._ended: SubscriptionInterrupted | None = None

    def put(self, event: Event) -> None:
        if len(self._waiting) >= BUFFERED_EVENTS:
            self.end(SubscriberTooSlow())
        elif self._ended is None:
            self._waiting.append(event)
            self._arrived.set()

    def end(self, reason: SubscriptionInterrupted) -> None:
        self._ended = self._ended or reason
        self._arrived.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            if self._ended is not None:
                raise self._ended
            self._arrived.clear()
            await self._arrived.wait()
        return self._waiting.popleft()

    async def aclose(self) -> None:
        await self._listener.leave(self)


class Listener:
    """The listener of one process. It connects when somebody listens, and anew after the broker was away."""

    def __init__(self, amqp_url: str, topology: Topology, *, service: str) -> None:
        self._url = amqp_url
        self._topology = topology
        self._service = service
        self._streams: defaultdict[str, set[FactStream]] = defaultdict(set)
        self._changing = asyncio.Lock()
        self._broker: Broker | None = None
        self._channel: AbstractChannel | None = None
        self._queue: AbstractQueue | None = None
        self._closed = False

    async def listen(self, source: str, fact: str, *, lane: str = EVERY_LANE) -> FactStream:
        """The events of this fact that are published from now on. Raises SubscriptionInterrupted without a broker."""
        stream = FactStream(self, f"{lane}.{source}.{fact}")
        async with self._changing:
            if self._closed:
                raise SubscriptionInterrupted
            try:
                await self._bind(stream.pattern)
            except AWAY as error:
                log.warning("listener.away", service=self._service, error=type(error).__name__)
                raise SubscriptionInterrupted from error
            self._streams[stream.pattern].add(stream)
        metrics.LISTENING.labels(self._service).inc()
        return stream

    async def leave(self, stream: FactStream) -> None:
        async with self._changing:
            listening = self._streams.get(stream.pattern, set())
            if stream not in listening:
                return
            listening.remove(stream)
            metrics.LISTENING.labels(self._service).dec()
            if not listening:
                await self._unbind(stream.pattern)

    def end(self) -> None:
        """Nobody listens from now on; each stream ends when what it holds was taken."""
        self._closed = True
        self._end_streams()

    async def close(self) -> None:
        self.end()
        if self._broker is not None:
            await self._broker.close()

    async def _bind(self, pattern: str) -> None:
        if self._queue is None or self._channel is None or self._channel.is_closed:
            self._queue = await self._open()
        if not self._streams[pattern]:
            await self._queue.bind(self._topology.live, pattern)

    async def _unbind(self, pattern: str) -> None:
        del self._streams[pattern]
        if self._queue is not None and self._channel is not None and not self._channel.is_closed:
            try:
                await self._queue.unbind(self._topology.live, pattern)
            except AWAY:
                await close_quietly(self._channel)

    async def _open(self) -> AbstractQueue:
        self._broker = self._broker or Broker(self._url, name=f"{self._service} listener")
        self._channel = await self._broker.channel()
        self._channel.close_callbacks.add(self._lost)
        await self._topology.declare_live(self._channel)
        limits: dict[str, int | str] = {"x-max-length-bytes": QUEUE_BYTES}
        queue = await self._channel.declare_queue(exclusive=True, auto_delete=True, arguments=dict(limits))
        await queue.consume(self._take, no_ack=True)
        return queue

    def _lost(self, *_: object) -> None:
        if not self._closed:
            log.warning("listener.interrupted", service=self._service, streams=sum(map(len, self._streams.values())))
        self._end_streams()

    def _end_streams(self) -> None:
        for stream in [stream for streams in self._streams.values() for stream in streams]:
            stream.end(SubscriptionInterrupted())
            metrics.LISTENING.labels(self._service).dec()
        self._streams.clear()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        try:
            event = Event.decode(message.body)
        except MalformedEvent as error:
            log.warning("listener.malformed", service=self._service, reason=str(error))
            return
        for lane in (event.lane, EVERY_LANE):
            for stream in self._streams.get(f"{lane}.{event.source}.{event.fact}", ()):
                stream.put(event)
