"""The background side of a process: makes the collections ready, then relays, consumes and runs timers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import structlog
from pymongo.errors import ConnectionFailure, WriteConcernError

from servicekit.audit import chain
from servicekit.bus import inbox
from servicekit.bus.broker import Broker
from servicekit.bus.consumer import Consumer
from servicekit.bus.loops import GRACE_SECONDS
from servicekit.bus.relay import Relay
from servicekit.bus.topology import Topology
from servicekit.runtime.service import Service
from servicekit.runtime.timers import TIMERS, Timer, run_timers
from servicekit.security.proofs import WrongKeysError, prove_keys
from servicekit.storage import audit, outbox
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import NoTransactionsError, require_transactions

if TYPE_CHECKING:
    from servicekit.runtime.health import Check
    from servicekit.runtime.settings import ServiceSettings
    from servicekit.storage.commands import Commands
    from servicekit.storage.mongo import Database

log = structlog.get_logger()

DATABASE_PAUSE_SECONDS = 1.0
OWN_COLLECTIONS = {
    outbox.OUTBOX: outbox.INDEXES,
    inbox.INBOX: inbox.INDEXES,
    TIMERS: [],
    audit.AUDIT: audit.INDEXES,
    chain.CHAIN: [],
}
SEALING = Timer("seal-audit", 5, chain.seal_all)


class Worker:
    """Starts with the application. In the role `api` it only makes the indexes.

    `fit` is whether nothing stands in the way of working on what is stored, as far as was last looked.
    """

    def __init__(self, service: Service, settings: ServiceSettings, database: Database) -> None:
        self._service = service
        self._settings = settings
        self._database = database
        self._topology = Topology(settings.namespace)
        self._vault = settings.vault()
        self._stop = asyncio.Event()
        self._indexed = False
        self.fit = service.obstacle is None
        self._broker: Broker | None = None
        self._relay: Relay | None = None
        self._commands: Commands | None = None
        self._task: asyncio.Task[None] | None = None
        self._grace_until: float | None = None

    def use(self, commands: Commands) -> None:
        self._commands = commands

    def checks(self) -> dict[str, Check]:
        """What has to be true for the process to be ready."""
        return {
            "indexes": self._is_indexed,
            **({"data": self._is_fit} if self._service.obstacle else {}),
            **({"broker": self._is_connected} if self._settings.works else {}),
        }

    def wake_relay(self) -> None:
        if self._relay is not None:
            self._relay.wake()

    def start(self, failed: Callable[[], None]) -> None:
        """Begin to work; `failed` is called if a fault ends the work."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (fault := task.exception()) is not None:
                log.error("worker.failed", exc_info=fault)
                failed()

        self._task = asyncio.create_task(self._run(), name=f"{self._service.name} worker")
        self._task.add_done_callback(ended)

    def request_stop(self) -> None:
        """Stop intake now; `stop` waits until the grace period from here is over."""
        if self._grace_until is None:
            self._grace_until = asyncio.get_running_loop().time() + self._settings.grace_seconds
            self._stop.set()

    async def stop(self) -> None:
        """Wait for what is in flight. What outlasts the grace period is cut off and left unacknowledged."""
        self.request_stop()
        if self._task is not None and not self._task.done():
            assert self._grace_until is not None
            left = self._grace_until - asyncio.get_running_loop().time()
            await asyncio.wait([self._task], timeout=max(left, 0.1))
            if not self._task.done():
                log.warning("worker.cut_off", grace_seconds=self._settings.grace_seconds)
                self._task.cancel()
                await asyncio.wait([self._task], timeout=1)
        if self._broker is not None:
            await self._broker.close()
            self._broker = None

    async def _run(self) -> None:
        await self._until_stopped(self._prepare())
        if not self._settings.works or self._stop.is_set():
            return
        await self._until_stopped(self._connect())
        if self._broker is None:
            return
        self._relay = Relay(
            self._database, self._broker, self._topology, source=self._service.name, live=self._service.live
        )
        self._tell_lanes()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._relay.run(self._stop))
            if self._service.consumed or self._service.take_all:
                group.create_task(self._consumer(self._broker).run(self._stop))
            group.create_task(self._run_timers())

    def _tell_lanes(self) -> None:
        lanes = list(self._settings.lanes)
        log.info("worker.started", lanes=lanes)
        if not lanes and self._service.consumed:
            log.warning("worker.without_lanes", next="set HUIJIA_LANES, else this worker consumes nothing")

    async def _prepare(self) -> None:
        """Until MongoDB is there, with all indexes, and nothing stands in the way of working on what is stored."""
        said = ""
        while True:
            try:
                await self._index()
                if not (obstacle := await self._obstacle()):
                    return
                if obstacle != said:
                    log.error("data.unfit", next=obstacle)
                    said = obstacle
            # The latter: made where the primary steps down, and perhaps unmade with it.
            except (ConnectionFailure, WriteConcernError) as error:
                next_step = "retrying in 1 s; if it goes on, check the addresses and replicaSet in HUIJIA_MONGODB_URI"
                log.warning("mongodb.away", error=type(error).__name__, next=next_step)
            await asyncio.sleep(DATABASE_PAUSE_SECONDS)

    async def _index(self) -> None:
        if self._indexed:
            return
        await self._require_transactions()
        await self._prove_keys()
        await ensure_indexes(self._database, {**OWN_COLLECTIONS, **self._service.collections})
        self._indexed = True

    async def _obstacle(self) -> str:
        found = await self._service.obstacle(self._database) if self._service.obstacle else ""
        self.fit = not found
        return found

    async def _require_transactions(self) -> None:
        try:
            await require_transactions(self._database)
        except NoTransactionsError:
            log.error("mongodb.standalone", next="start mongod with --replSet, even for one, and name it in the URI")
            raise

    async def _prove_keys(self) -> None:
        if self._vault is None:
            return
        try:
            await prove_keys(self._database, self._vault)
        except WrongKeysError as wrong:
            log.error(
                "keys.wrong", keys=wrong.names, next="put back the key files of this database; do not make new ones"
            )
            raise

    async def _connect(self) -> None:
        self._broker = await Broker.connect(self._settings.amqp_url, name=self._service.name)

    async def _run_timers(self) -> None:
        assert self._commands is not None
        timers = [SEALING, *self._service.timers]
        await run_timers(self._service.name, timers, self._commands, self._stop, GRACE_SECONDS)

    def _consumer(self, broker: Broker) -> Consumer:
        assert self._commands is not None
        return Consumer(
            self._service.name,
            self._commands,
            broker,
            self._topology,
            self._service.consumed,
            self._settings.lanes,
            take_all=self._service.take_all,
            archive=self._service.archive,
        )

    async def _until_stopped(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end, or until the stop."""
        working = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not working.done():
                working.cancel()
        if working.done():
            working.result()

    async def _is_indexed(self) -> bool:
        return self._indexed

    async def _is_fit(self) -> bool:
        return not await self._obstacle()

    async def _is_connected(self) -> bool:
        return self._broker is not None and self._broker.is_connected
