"""The streams of the subgraphs: GraphQL over SSE ("distinct connections mode"), or graphql-transport-ws."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, contextmanager, suppress
from typing import Any

import aiohttp

from gateway.executor.errors import SubrequestError
from gateway.executor.transport import Transport
from gateway.jsontext import parsed
from gateway.jsontypes import Json, JsonObject
from gateway.settings import Settings
from gateway.subscriptions.event_stream import events_of

PROTOCOL = "graphql-transport-ws"
EVENT_STREAM = "text/event-stream"
SSE_HEADERS = {
    "content-type": "application/json",
    "accept": f"{EVENT_STREAM}, application/json;q=0.9",
    "accept-encoding": "identity",
}

Stream = AsyncGenerator[JsonObject, None]


class Upstream:
    def __init__(self, transport: Transport, settings: Settings) -> None:
        self._transport = transport
        self._settings = settings

    @asynccontextmanager
    async def open(self, subgraph: str, request: bytes, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        """The responses of a subgraph's stream until it completes. A broken stream raises `SubrequestError`.

        Nothing is read ahead: a reader who takes his time slows the subgraph down.
        """
        url = self._settings.subscription_urls.get(subgraph) or self._transport.url_of(subgraph)
        own = {**headers, **self._settings.subgraph_headers.get(subgraph, {})}
        opened = self._socket if url.startswith("ws") else self._event_stream
        async with AsyncExitStack() as stack:
            with _breaks_as_subrequest(subgraph):
                events = await stack.enter_async_context(opened(url, request, own))
            yield await stack.enter_async_context(aclosing(_guarded(subgraph, events)))

    @asynccontextmanager
    async def _event_stream(self, url: str, request: bytes, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        timeout = aiohttp.ClientTimeout(
            total=None,
            sock_connect=self._settings.connect_timeout_seconds,
            sock_read=self._settings.subscription_silence_seconds or None,
        )
        async with self._transport.session.post(
            url, data=request, headers={**SSE_HEADERS, **headers}, timeout=timeout, allow_redirects=False
        ) as response:
            if response.content_type == EVENT_STREAM:
                yield _told(response.content.iter_any(), self._settings.max_event_bytes)
            else:
                yield _only(_object(parsed(await _whole(response.content, self._settings.max_event_bytes))))

    @asynccontextmanager
    async def _socket(self, url: str, request: bytes, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        settings = self._settings
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(settings.connect_timeout_seconds):
                connecting = self._transport.session.ws_connect(
                    url,
                    protocols=(PROTOCOL,),
                    headers=headers,
                    heartbeat=settings.subscription_silence_seconds or None,
                    max_msg_size=settings.max_event_bytes,
                )
                socket = await stack.enter_async_context(connecting)
                await socket.send_json({"type": "connection_init", "payload": dict(headers)})
                await _acknowledged(socket)
            await socket.send_str(f'{{"id":"1","type":"subscribe","payload":{request.decode()}}}')
            yield _received(socket)
            with suppress(ConnectionError, aiohttp.ClientError):
                await socket.send_json({"id": "1", "type": "complete"})


@contextmanager
def _breaks_as_subrequest(subgraph: str) -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SubrequestError("SUBREQUEST_FAILED", f"The stream of the subgraph {subgraph} broke off.") from error
    except ValueError as error:
        message = f"The subgraph {subgraph} doesn't speak the protocol of subscriptions."
        raise SubrequestError("SUBREQUEST_MALFORMED", message) from error


async def _guarded(subgraph: str, events: Stream) -> Stream:
    with _breaks_as_subrequest(subgraph):
        async with aclosing(events):
            async for event in events:
                yield event


async def _whole(content: aiohttp.StreamReader, limit: int) -> bytes:
    found = bytearray()
    async for chunk in content.iter_any():
        found += chunk
        if len(found) > limit:
            raise ValueError("an answer is too long")
    return bytes(found)


async def _only(response: JsonObject) -> Stream:
    """A subgraph that can't begin answers once, by ordinary JSON."""
    yield response


async def _told(chunks: AsyncIterator[bytes], limit: int) -> Stream:
    async for event, data in events_of(chunks, limit):
        if event == "complete":
            return
        if event == "next":
            yield _object(parsed(data))
    raise ConnectionResetError("the stream ended without `complete`")


async def _acknowledged(socket: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        message = await _message(socket)
        if message["type"] == "connection_ack":
            return
        if message["type"] == "ping":
            await socket.send_json({"type": "pong"})


async def _received(socket: aiohttp.ClientWebSocketResponse) -> Stream:
    while True:
        message = await _message(socket)
        match message["type"]:
            case "next":
                yield _object(message.get("payload"))
            case "error":
                yield {"errors": message.get("payload")}
                return
            case "complete":
                return
            case "ping":
                await socket.send_json({"type": "pong"})


async def _message(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    received = await socket.receive()
    if received.type is not aiohttp.WSMsgType.TEXT:
        raise ConnectionResetError(f"the socket ended: {received.type.name} {socket.close_code}")
    message = parsed(received.data.encode())
    if not isinstance(message, dict) or "type" not in message:
        raise ValueError("no message of the protocol")
    return message


def _object(value: Json) -> JsonObject:
    if not isinstance(value, dict):
        raise ValueError("no GraphQL response")
    return value
