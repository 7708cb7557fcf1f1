"""Server-sent events, read and written: https://html.spec.whatwg.org/multipage/server-sent-events.html"""

from collections.abc import AsyncIterator, Iterable

from gateway.http import encoded
from gateway.jsontypes import JsonObject

KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


def next_event(response: JsonObject) -> bytes:
    return b"event: next\ndata: " + encoded(response) + b"\n\n"


async def events_of(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[tuple[str, bytes]]:
    """Name and data of each event; comments are left out. Raises ValueError for an event over `limit` bytes."""
    rest = b""
    async for chunk in chunks:
        *blocks, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
        if len(rest) > limit:
            raise ValueError("an event is too long")
        for block in blocks:
            event, data = _parsed(block.split(b"\n"))
            if data is not None:
                yield event, data


def _parsed(lines: Iterable[bytes]) -> tuple[str, bytes | None]:
    event, data = "next", []
    for line in lines:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"event":
            event = value.decode()
        elif name == b"data":
            data.append(value)
    return event, b"\n".join(data) if data else None
