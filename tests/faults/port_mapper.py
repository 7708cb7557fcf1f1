"""A stand-in for Erlang's port mapper (epmd) that sends whoever asks for a node to its proxy.

https://www.erlang.org/doc/apps/erts/erl_dist_protocol.html#epmd-protocol
"""

import asyncio
import struct
from contextlib import suppress
from functools import partial

PORT_PLEASE2, PORT2_RESPONSE = 122, 119
NORMAL_NODE, TCP, VERSIONS = 77, 0, (6, 5)


async def serve_port(host: str, port: int, node_port: int) -> None:
    """Answer on `host`:`port` that any node is at `node_port`."""
    await asyncio.start_server(partial(_answer, node_port), host, port)


async def _answer(node_port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, EOFError):
        (length,) = struct.unpack(">H", await reader.readexactly(2))
        request = await reader.readexactly(length)
        if request[0] == PORT_PLEASE2:
            name = request[1:]
            head = struct.pack(">BBHBBHH", PORT2_RESPONSE, 0, node_port, NORMAL_NODE, TCP, *VERSIONS)
            writer.write(head + struct.pack(">H", len(name)) + name + struct.pack(">H", 0))
            await writer.drain()
    writer.close()
