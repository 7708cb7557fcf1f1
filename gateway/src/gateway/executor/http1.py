"""A client of HTTP/1.1 for what the gateway does all day: POST a body, take the whole answer, keep the connection.

General clients took most of the time of a small request: decision 53 has the figures.
"""

import asyncio
import ssl
from collections import deque
from time import monotonic
from typing import NamedTuple, cast

import httptools
from yarl import URL

IDLE_SECONDS = 30.0


class Response(NamedTuple):
    """Header names are in lower case; of a header that is there twice the last one counts."""

    status: int
    headers: dict[bytes, bytes]
    content: bytes


class TooLarge(Exception):
    """The answer has more bytes than it may have."""


class _Connection(asyncio.Protocol):
    """Carries one request at a time. `answer` fails with ConnectionError when the connection ends first."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self.usable = False
        self.released_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Response] | None = None
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []

    def send(self, data: bytes, seconds: float) -> "asyncio.Future[Response]":
        answer = self._answer = self._loop.create_future()
        self._headers, self._chunks, self._received = {}, [], 0
        self._limit = self._loop.call_later(seconds, self._fail, TimeoutError())
        self._transport.write(data)
        return answer

    def abort(self) -> None:
        self.usable = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.usable = True

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.abort()  # an answer that nobody asked for
            return
        self._received += len(data)
        if self._received > self._most:
            self._fail(TooLarge())
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(ConnectionResetError("this is no HTTP"))

    def on_message_begin(self) -> None:
        if self._answer is None:
            self.usable = False  # more than one answer to a request: whose would the next one be?

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._headers = {}
            return
        self.usable = self.usable and self._parser.should_keep_alive()
        self._complete(status)

    def connection_lost(self, error: Exception | None) -> None:
        self.usable = False
        framed = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if error is None and self._headers and not framed:
            self._complete(self._parser.get_status_code())  # the end of the connection is the end of the body
        else:
            self._fail(ConnectionResetError("the connection ended before the answer"))

    def _complete(self, status: int) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            self._limit.cancel()
            if not answer.done():
                chunks = self._chunks
                answer.set_result(Response(status, self._headers, chunks[0] if len(chunks) == 1 else b"".join(chunks)))

    def _fail(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        if answer is not None:
            self._limit.cancel()
            if not answer.done():
                answer.set_exception(error)
            self.abort()


class Pool:
    """The connections to one URL: at most `limit`, beyond that requests wait in their order."""

    def __init__(self, url: str, *, limit: int, connect_seconds: float, most_bytes: int) -> None:
        self._url = URL(url)
        self._host, self._port = self._url.host or "", self._url.port or 80
        self._secure = ssl.create_default_context() if self._url.scheme == "https" else None
        self._connect_seconds = connect_seconds
        self._most_bytes = most_bytes
        self._closed = False
        self._places = asyncio.Semaphore(limit)
        self._idle: deque[_Connection] = deque()
        target, host = self._url.raw_path_qs, self._url.raw_authority
        self._start = f"POST {target} HTTP/1.1\r\nhost: {host}\r\n".encode("latin-1")

    async def post(self, head: bytes, body: bytes, seconds: float) -> Response:
        """`head` are further header lines, each with its line end. Raises TimeoutError, OSError, TooLarge."""
        await self._place(seconds)
        try:
            connection = self._taken() or await self._connected()
            length = b"content-length: %d\r\n\r\n" % len(body)
            try:
                answer = await connection.send(b"".join((self._start, head, length, body)), seconds)
            except BaseException:
                connection.abort()
                raise
            if connection.usable and not self._closed:
                connection.released_at = monotonic()
                self._idle.append(connection)
            else:
                connection.abort()
            return answer
        finally:
            self._places.release()

    async def _place(self, seconds: float) -> None:
        if self._places.locked():
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        else:
            await self._places.acquire()

    def close(self) -> None:
        """Requests on their way are still answered."""
        self._closed = True
        while self._idle:
            self._idle.popleft().abort()

    def _taken(self) -> _Connection | None:
        """The connection used last: those that aren't needed grow old and are dropped."""
        stale = monotonic() - IDLE_SECONDS
        while self._idle and (not self._idle[0].usable or self._idle[0].released_at < stale):
            self._idle.popleft().abort()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._connect_seconds):
            _, connection = await loop.create_connection(
                lambda: _Connection(self._most_bytes), self._host, self._port, ssl=self._secure
            )
        return connection
