"""A way to a server that can be cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from yarl import URL


@asynccontextmanager
async def passage(url: str) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """The same URL through a port of one's own, and what cuts every connection that is open through it."""
    there = URL(url)
    writers: set[asyncio.StreamWriter] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(there.host, there.port)
        writers.update((writer, far_writer))
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

    def cut() -> None:
        for writer in writers:
            writer.transport.abort()
        writers.clear()

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    try:
        yield str(there.with_host("127.0.0.1").with_port(server.sockets[0].getsockname()[1])), cut
    finally:
        cut()
        server.close()
