"""The network between the servers of the cluster, as a process: `python -m tests.faults.proxy`.

Each line on stdin is a JSON object. `{"link": NAME, "listen": [host, port], "to": [[host, port], ...], "probe": PATH}`
opens a link: connections to `listen` go on to one of `to`, in turn; with a `probe`, only to those that answer GET PATH
with 200, as a Kubernetes Service does. `{"link": NAME, "from": HOST, "mode": MODE, "ms": N}` changes it: `pass`, `slow`
(each piece waits N ms), `cut` (nothing passes and nothing is refused, as behind a dead switch) or `reset` (all is
refused). With `from` only for connections from that address. `{"node": PORT, "listen": [host, port]}` opens a port
mapper that says PORT. Each line is answered by one on stdout.
"""

import asyncio
import json
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import uvloop

from tests.faults.port_mapper import serve_port

Address = tuple[str, int]
PIECE = 256 * 1024
PROBE_SECONDS = 1.0
# RuntimeError: what uvloop says of a connection that is closed already.
GONE = (OSError, EOFError, TimeoutError, RuntimeError)


@dataclass
class Weather:
    """What passes now."""

    mode: str = "pass"
    seconds: float = 0.0
    clear: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.clear.set()

    def set(self, mode: str, seconds: float) -> None:
        self.mode, self.seconds = mode, seconds
        (self.clear.clear if mode == "cut" else self.clear.set)()

    async def let_pass(self) -> None:
        if self.mode == "slow":
            await asyncio.sleep(self.seconds)
        await self.clear.wait()


class Link:
    def __init__(self, targets: list[Address], probe: str | None) -> None:
        self._targets = targets
        self._probe = probe
        self._ready = set(targets)
        self._turns = count()
        self._weather: dict[str | None, Weather] = {None: Weather()}
        self._open: dict[asyncio.StreamWriter, str] = {}

    async def serve(self, listen: Address) -> None:
        await asyncio.start_server(self._carry, *listen, limit=PIECE)
        if self._probe:
            self._probing = [asyncio.create_task(self._keep_probing(target)) for target in self._targets]

    def change(self, source: str | None, mode: str, seconds: float) -> None:
        self._weather.setdefault(source, Weather()).set(mode, seconds)
        if mode == "reset":
            for writer, peer in list(self._open.items()):
                if source in (None, peer):
                    writer.transport.abort()

    def _weathers(self, peer: str) -> list[Weather]:
        return [self._weather[None], self._weather.setdefault(peer, Weather())]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")[0]
        weathers = self._weathers(peer)
        self._open[writer] = peer
        try:
            if any(weather.mode == "reset" for weather in weathers):
                return
            for weather in weathers:
                await weather.let_pass()
            there = await asyncio.open_connection(*self._next(), limit=PIECE)
            self._open[there[1]] = peer
            try:
                pumps = [_pump(reader, there[1], weathers), _pump(there[0], writer, weathers)]
                await asyncio.wait([asyncio.create_task(pump) for pump in pumps])
            finally:
                del self._open[there[1]]
                there[1].transport.abort()
        except GONE:
            pass
        finally:
            del self._open[writer]
            writer.transport.abort()

    def _next(self) -> Address:
        able = [target for target in self._targets if target in self._ready] or self._targets
        return able[next(self._turns) % len(able)]

    async def _keep_probing(self, target: Address) -> None:
        while True:
            (self._ready.add if await self._answers(target) else self._ready.discard)(target)
            await asyncio.sleep(PROBE_SECONDS)

    async def _answers(self, target: Address) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                reader, writer = await asyncio.open_connection(*target)
                writer.write(f"GET {self._probe} HTTP/1.1\r\nhost: probe\r\nconnection: close\r\n\r\n".encode())
                line = await reader.readline()
                writer.close()
                return b" 200 " in line
        except GONE:
            return False


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, weathers: list[Weather]) -> None:
    """Carry one direction until its end, and say the end on."""
    with suppress(*GONE):
        while piece := await reader.read(PIECE):
            for weather in weathers:
                await weather.let_pass()
            writer.write(piece)
            await writer.drain()
    with suppress(*GONE):
        writer.write_eof()


async def main() -> None:
    commands = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(commands)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    links: dict[str, Link] = {}
    while line := await commands.readline():
        told = json.loads(line)
        if "node" in told:
            await serve_port(*told["listen"], told["node"])
        elif "listen" in told:
            link = links[told["link"]] = Link([(host, port) for host, port in told["to"]], told.get("probe"))
            await link.serve(tuple(told["listen"]))
        else:
            links[told["link"]].change(told.get("from"), told["mode"], told.get("ms", 0) / 1000)
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())
