"""`make bench-gateway`: our gateway and Hive Gateway in turn over the same two stub subgraphs.

One process each, 32 connections, five rounds for each size of answer; medians of the rounds. The figures go to
`.local/bench-gateway.json`, too.
"""

import asyncio
import json
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

import typer
import uvloop
from huijia_local.ports import free_ports
from rich.console import Console
from rich.table import Table

from tests.load import gateway_hive
from tests.load.gateway_load import put_under_load
from tests.load.gateway_stubs import QUERY, SIZES, supergraph

CONNECTIONS, ROUNDS, SECONDS = 32, 5, 4.0
RESULTS = Path(".local/bench-gateway.json")
TICKS = os.sysconf("SC_CLK_TCK")
console = Console()


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@dataclass(frozen=True)
class Figures:
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_seconds_per_1000: float
    memory_mib: float


@asynccontextmanager
async def _started(name: str, arguments: list[str], port: int, env: dict[str, str]) -> AsyncIterator[Server]:
    with _log(name) as log:
        process = await asyncio.create_subprocess_exec(*arguments, env=env, stdout=log, stderr=log)
    try:
        await _listening(port, process)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        await process.wait()


def _log(name: str) -> BinaryIO:
    return Path(f".local/bench-gateway-{name}.log").open("wb")


async def _listening(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError(f"nothing listens on port {port}; see .local/bench-gateway-*.log")


async def measure() -> dict[str, dict[str, Figures]]:
    """Figures by size and gateway."""
    gateway_hive.install()
    stubs, ours, hive = free_ports(3)
    file = _written(supergraph(stubs))
    python = sys.executable
    gateway = [python, "-m", "gateway", "--supergraph", str(file), "--port", str(ours)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUIJIA_")}
    # All clients ask the same here: shared fetches would measure the sharing, not the gateway.
    env = {**kept, "HUIJIA_SHARED_FETCHES": "false"}
    async with (
        _started("stubs", [python, "-m", "tests.load.gateway_stubs", str(stubs)], stubs, env),
        _started("ours", gateway, ours, env) as first,
        _started("hive", gateway_hive.command(file, hive), hive, gateway_hive.environment()) as second,
    ):
        return {size: await _compared(rows, (first, second)) for size, rows in SIZES.items()}


def _written(text: str) -> Path:
    file = Path(".local/bench-gateway.graphql").absolute()
    file.write_text(text, encoding="utf-8")
    return file


async def _compared(rows: int, servers: tuple[Server, ...]) -> dict[str, Figures]:
    body = json.dumps({"query": QUERY, "variables": {"n": rows}}).encode()
    answers = [await asyncio.to_thread(_answer, server, body) for server in servers]
    if any(answer != answers[0] for answer in answers) or len(answers[0]["data"]["members"]) != rows:
        raise RuntimeError("the gateways answer differently; nothing is measured")
    for server in servers:
        await put_under_load(server.port, body, connections=CONNECTIONS, seconds=SECONDS)
    rounds: dict[str, list[Figures]] = {server.name: [] for server in servers}
    for _ in range(ROUNDS):
        for server in servers:
            rounds[server.name].append(await _round(server, body))
    return {name: _median(figures) for name, figures in rounds.items()}


def _answer(server: Server, body: bytes) -> dict[str, dict[str, list[object]]]:
    url = f"http://127.0.0.1:{server.port}/graphql"
    request = urllib.request.Request(url, body, {"content-type": "application/json", "accept": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        found: dict[str, dict[str, list[object]]] = json.load(response)
        return found


async def _round(server: Server, body: bytes) -> Figures:
    before = server.cpu_seconds()
    load = await put_under_load(server.port, body, connections=CONNECTIONS, seconds=SECONDS)
    spent = server.cpu_seconds() - before
    if load.failed:
        raise RuntimeError(f"{server.name} failed {load.failed} requests")
    return Figures(
        load.requests_per_second,
        load.percentile_ms(50),
        load.percentile_ms(99),
        spent / len(load.latencies) * 1000,
        server.memory_mib(),
    )


def _median(rounds: list[Figures]) -> Figures:
    rows = [asdict(figures) for figures in rounds]
    return Figures(**{name: round(statistics.median(row[name] for row in rows), 2) for name in rows[0]})


def _table(results: dict[str, dict[str, Figures]]) -> Table:
    title = f"{CONNECTIONS} connections, {ROUNDS} rounds, medians (aim: twice the requests/s, lower p99)"
    table = Table("answer", "gateway", *Figures.__annotations__, "ratio", title=title, title_justify="left")
    for size, by_name in results.items():
        for name, figures in by_name.items():
            ratio = figures.requests_per_second / by_name["hive"].requests_per_second
            table.add_row(size, name, *(f"{value:,.1f}" for value in asdict(figures).values()), f"{ratio:.2f}")
    return table


def main() -> None:
    """Compare both gateways; takes about four minutes."""
    RESULTS.parent.mkdir(exist_ok=True)
    results = uvloop.run(measure())
    console.print(_table(results))
    found = {size: {name: asdict(figures) for name, figures in by.items()} for size, by in results.items()}
    RESULTS.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    typer.run(main)
