"""The client of the subgraphs, against servers that say exactly what the test tells them to, byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from gateway.executor.http1 import Pool, TooLarge

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Says = Callable[[int], bytes | None]


class Scripted:
    """Answers the n-th request with what `says(n)` gives; None hangs up, an empty answer keeps it waiting."""

    def __init__(self, says: Says, *, hang_up: bool = False) -> None:
        self.says = says
        self.hang_up = hang_up
        self.connections = 0
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(one[15:]) for one in head.split(b"\r\n") if one.startswith(b"content-length:"))
                self.requests.append(head + await reader.readexactly(length))
                said = self.says(len(self.requests))
                if said is not None:
                    writer.write(said)
                    await writer.drain()
                if said is None or self.hang_up:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def pool_to(scripted: Scripted, limit: int = 10, most_bytes: int = 2**20) -> AsyncIterator[Pool]:
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    pool = Pool(
        f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/q?a=1",
        limit=limit,
        connect_seconds=2,
        most_bytes=most_bytes,
    )
    try:
        yield pool
    finally:
        pool.close()
        server.close()


async def test_a_connection_is_kept_and_a_request_is_whole() -> None:
    scripted = Scripted(lambda _: OK)
    async with pool_to(scripted) as pool:
        answers = [await pool.post(b"x-a: b\r\n", b"{}", 5) for _ in range(3)]

    assert [(one.status, one.content) for one in answers] == [(200, b"ok")] * 3
    assert scripted.connections == 1
    start, _, rest = scripted.requests[0].partition(b"\r\n")
    assert start == b"POST /q?a=1 HTTP/1.1"
    assert b"x-a: b\r\n" in rest
    assert rest.endswith(b"\r\n\r\n{}")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ],
)
async def test_bodies_are_read_however_they_are_framed(said: bytes) -> None:
    async with pool_to(Scripted(lambda _: said)) as pool:
        assert [(await pool.post(b"", b"{}", 5)).content for _ in range(2)] == [b"ok", b"ok"]


async def test_the_end_of_the_connection_may_end_the_body() -> None:
    scripted = Scripted(lambda _: b"HTTP/1.1 200 OK\r\nx: y\r\n\r\nok", hang_up=True)
    async with pool_to(scripted) as pool:
        assert [(await pool.post(b"", b"{}", 5)).content for _ in range(2)] == [b"ok", b"ok"]
    assert scripted.connections == 2


@pytest.mark.parametrize(
    "said",
    [
        None,
        b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok",
        b"SMTP ready\r\n",
    ],
)
async def test_half_an_answer_is_a_broken_connection(said: bytes | None) -> None:
    async with pool_to(Scripted(lambda _: said, hang_up=True)) as pool:
        with pytest.raises(ConnectionError):
            await pool.post(b"", b"{}", 5)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n" + b"x" * 9_000,
        b"HTTP/1.1 200 OK\r\nx: " + b"x" * 9_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1_500,
    ],
)
async def test_an_answer_over_the_limit_is_not_kept_in_memory(said: bytes) -> None:
    scripted = Scripted(lambda number: said if number == 1 else OK)
    async with pool_to(scripted, most_bytes=8_000) as pool:
        with pytest.raises(TooLarge):
            await pool.post(b"", b"{}", 5)
        assert [(await pool.post(b"", b"{}", 5)).content for _ in range(2)] == [b"ok", b"ok"]
    assert scripted.connections == 2


async def test_a_pool_that_was_closed_keeps_no_connection() -> None:
    scripted = Scripted(lambda _: OK)
    async with pool_to(scripted) as pool:
        pool.close()
        assert [(await pool.post(b"", b"{}", 5)).content for _ in range(2)] == [b"ok", b"ok"]
    assert scripted.connections == 2


async def test_who_does_not_answer_in_time_costs_the_connection_only() -> None:
    scripted = Scripted(lambda number: b"" if number == 1 else OK)
    async with pool_to(scripted, limit=1) as pool:
        with pytest.raises(TimeoutError):
            await pool.post(b"", b"{}", 0.1)
        assert (await pool.post(b"", b"{}", 5)).content == b"ok"
    assert scripted.connections == 2


async def test_a_caller_who_goes_away_leaves_no_connection_with_half_an_answer() -> None:
    scripted = Scripted(lambda number: b"" if number == 1 else OK)
    async with pool_to(scripted, limit=1) as pool:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await pool.post(b"", b"{}", 5)
        assert (await pool.post(b"", b"{}", 5)).content == b"ok"


async def test_beyond_the_limit_requests_wait() -> None:
    scripted = Scripted(lambda _: OK)
    async with pool_to(scripted, limit=2) as pool:
        answers = await asyncio.gather(*(pool.post(b"", b"{}", 5) for _ in range(20)))

    assert len(answers) == 20
    assert scripted.connections == 2


async def test_an_answer_that_nobody_asked_for_is_given_to_nobody() -> None:
    scripted = Scripted(lambda number: OK + (OK.replace(b"ok", b"no") if number == 1 else b""))
    async with pool_to(scripted) as pool:
        assert (await pool.post(b"", b"{}", 5)).content == b"ok"
        assert (await pool.post(b"", b"{}", 5)).content == b"ok"
    assert scripted.connections == 2
