"""The supergraph file in service: read at start, and read again whenever it changes, without losing a request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from gateway.engine import Engine
from gateway.executor.transport import Transport
from gateway.metrics import RELOADS
from gateway.settings import Settings
from gateway.supergraph import Supergraph, SupergraphError, read_supergraph

SETTLED_SECONDS = 0.1

log = structlog.get_logger("gateway")


class GraphFile:
    """`engine` answers by the newest good version of the file; requests on their way keep the one that they began with.

    Raises `SupergraphError` if the file isn't a supergraph, OSError if it can't be read.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self._path = path
        self._settings = settings
        self.transport = Transport({}, settings)
        self._text = path.read_text(encoding="utf-8")
        self._complaint = ""
        self._serve(*self._read(self._text))

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        async with self.transport:
            watching = asyncio.create_task(self._watch())
            try:
                yield
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._settings.reload_seconds)
            await self._reload()

    async def _reload(self) -> None:
        """A file that can't be served is told of once and changes nothing."""
        try:
            text = await self._settled()
            if text != self._text:
                self._text = text
                self._serve(*await asyncio.to_thread(self._read, text))
                RELOADS.labels("served").inc()
                log.info("supergraph.reloaded", path=str(self._path))
            self._complaint = ""
        except (SupergraphError, OSError, UnicodeDecodeError) as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                RELOADS.labels("refused").inc()
                log.error("supergraph.refused", path=str(self._path), reason=str(error))

    async def _settled(self) -> str:
        """What the file says when nobody is writing it: a part of a supergraph may be one, too."""
        before, text = self._text, await self._said()
        while text != before:
            await asyncio.sleep(SETTLED_SECONDS)
            before, text = text, await self._said()
        return text

    async def _said(self) -> str:
        return await asyncio.to_thread(self._path.read_text, encoding="utf-8")

    def _read(self, text: str) -> tuple[Supergraph, Engine]:
        try:
            supergraph = read_supergraph(text)
            return supergraph, Engine(supergraph, self._settings, self.transport.post)
        except SupergraphError:
            raise
        except Exception as error:  # whatever is wrong with a file, what is in service stays in service
            raise SupergraphError(f"The supergraph can't be served: {error!r}") from error

    def _serve(self, supergraph: Supergraph, engine: Engine) -> None:
        for name, subgraph in supergraph.subgraphs.items():
            self.transport.know(name, self._settings.url_of(name, subgraph.url))
        self.engine = engine
