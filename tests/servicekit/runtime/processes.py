"""Starting and asking the library's process."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from huijia_local.ports import free_ports

from tests.support.waiting import eventually

REPOSITORY = Path(__file__).parents[3]


class Library:
    """A running process: its address, its log and its end."""

    def __init__(self, process: Process, port: int, http: aiohttp.ClientSession) -> None:
        self.process = process
        self.http = http
        self.address = f"http://127.0.0.1:{port}"

    async def ask(self, query: str, headers: dict[str, str] | None = None) -> tuple[int, Any, Any]:
        """Status, body and headers of the answer."""
        async with self.http.post(f"{self.address}/graphql", json={"query": query}, headers=headers) as answer:
            return answer.status, orjson.loads(await answer.read()), answer.headers

    async def get(self, path: str) -> tuple[int, bytes]:
        async with self.http.get(f"{self.address}{path}") as answer:
            return answer.status, await answer.read()

    async def is_ready(self) -> bool:
        try:
            status, _ = await self.get("/readyz")
        except aiohttp.ClientError:
            return False
        return status == 200

    async def is_alive(self) -> bool:
        try:
            status, _ = await self.get("/healthz")
        except aiohttp.ClientError:
            return False
        return status == 200

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def end(self) -> tuple[int, list[dict[str, Any]]]:
        """The exit code, and the log's lines."""
        assert self.process.stderr is not None
        log = await self.process.stderr.read()
        return await self.process.wait(), [orjson.loads(line) for line in log.splitlines()]


async def start(*arguments: str, **settings: str) -> Process:
    """`python -m library ...` with these HUIJIA_ settings and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUIJIA_")}
    ours = {f"HUIJIA_{name.upper()}": value for name, value in settings.items()}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.servicekit.runtime.library_service",
        *arguments,
        cwd=REPOSITORY,
        env=inherited | ours,
        stdout=PIPE,
        stderr=PIPE,
    )


@asynccontextmanager
async def running(*, wait_ready: bool = True, **settings: str) -> AsyncIterator[Library]:
    """A library process, ready (or at least alive); killed at the end if it still runs."""
    [port] = free_ports(1)
    process = await start(port=str(port), **settings)
    async with aiohttp.ClientSession() as http:
        library = Library(process, port, http)
        try:
            await eventually(library.is_ready if wait_ready else library.is_alive)
            yield library
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()
