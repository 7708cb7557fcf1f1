"""Runs use cases: one transaction each, tried again while it only lost a race."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from time import monotonic
from typing import Concatenate, ParamSpec, Protocol, Self, TypeVar

import pymongo
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import BulkWriteError, ConnectionFailure, DuplicateKeyError, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from servicekit.domain import Busy, Clock
from servicekit.storage.mongo import Database
from servicekit.storage.turns import Turn, Turns
from servicekit.storage.work import Actor, VersionConflict, Work

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_SECONDS = 10.0
ABORT_SECONDS = 2.0
# A second run of a use case sees the row that was in the way and refuses; if it keeps running into it, that is a fault.
DUPLICATE_KEY_RETRIES = 5
# Of a crowd that wants the same document only one wins at a time: who lost waits for a turn, instead of losing again.
RETRIES_AT_ONCE = 2
_DUPLICATE_KEY = 11000


class Runs(Protocol):
    """Runs use cases for somebody, a transaction each: `Commands.run`, or the `run` of a request."""

    async def __call__(
        self, use_case: Callable[Concatenate[Work, P], Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


class Commands:
    """Runs use cases against one service's database, in transactions."""

    def __init__(
        self,
        database: Database,
        *,
        source: str,
        clock: Clock,
        committed: Callable[[], None] = lambda: None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.database = database
        self.source = source
        self._clock = clock
        self._committed = committed
        self._patience = patience_seconds
        self._turns = Turns()
        self._retries = asyncio.Semaphore(RETRIES_AT_ONCE)

    def with_patience(self, seconds: float) -> Self:
        """The same, but waiting so long."""
        return type(self)(
            self.database,
            source=self.source,
            clock=self._clock,
            committed=self._committed,
            patience_seconds=seconds,
        )

    async def run(
        self,
        use_case: Callable[Concatenate[Work, P], Awaitable[T]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """As `run_as`, by the service itself (timers, command lines)."""
        return await self.run_as(Actor(self.source, ""), use_case, *args, **kwargs)

    async def run_as(
        self,
        actor: Actor,
        use_case: Callable[Concatenate[Work, P], Awaitable[T]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `use_case(work, *args)` and commit what it did, events included; answer what it answered.

        A refusal or a fault leaves nothing stored. A lost race (write conflict, stale version, duplicate key) runs the
        whole use case again; when that does not end within the patience: `Busy`. A database that is away is waited for
        as long, and then its `ConnectionFailure` raised.
        """
        deadline = monotonic() + self._patience
        duplicates = attempt = 0
        lost = False
        while True:
            try:
                async with self._retries if lost else nullcontext(), self._turns.until(deadline) as turn:
                    answer = await self._once(actor, turn, use_case, *args, **kwargs)
            except (PyMongoError, VersionConflict) as error:
                duplicates += _is_duplicate_key(error)
                lost = not isinstance(error, ConnectionFailure)
                if not _may_succeed_later(error) or duplicates > DUPLICATE_KEY_RETRIES:
                    raise
                if monotonic() > deadline:
                    if isinstance(error, ConnectionFailure):
                        raise
                    raise Busy() from error
            else:
                self._committed()
                return answer
            attempt += 1
            await asyncio.sleep(random.uniform(0, min(0.2, 0.005 * 2 ** min(attempt, 8))))  # noqa: S311

    async def _once(
        self,
        actor: Actor,
        turn: Turn,
        use_case: Callable[Concatenate[Work, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        name = getattr(use_case, "__name__", type(use_case).__name__)
        work = Work(self.database, self.source, self._clock.now(), actor, turn, name)
        async with self.database.client.start_session() as session, session.bind(end_session=False):
            await session.start_transaction(ReadConcern("snapshot"), WriteConcern("majority"))
            try:
                answer = await use_case(work, *args, **kwargs)
                await work.flush()
            except BaseException:
                # A server that hangs is not waited for: it ends the transaction itself when its lifetime is over.
                with pymongo.timeout(ABORT_SECONDS):
                    await session.abort_transaction()
                raise
            await _commit(session)
            return answer


async def _commit(session: AsyncClientSession) -> None:
    # The outcome of a commit that was cut off is unknown; committing again is safe and tells it.
    for last in (False, False, True):
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if last or not error.has_error_label("UnknownTransactionCommitResult"):
                raise
        else:
            return


def _may_succeed_later(error: Exception) -> bool:
    if isinstance(error, VersionConflict) or _is_duplicate_key(error):
        return True
    return isinstance(error, PyMongoError) and error.has_error_label("TransientTransactionError")


def _is_duplicate_key(error: Exception) -> bool:
    if isinstance(error, DuplicateKeyError):
        return True
    if isinstance(error, BulkWriteError):
        return any(write["code"] == _DUPLICATE_KEY for write in error.details.get("writeErrors", []))
    return isinstance(error, OperationFailure) and error.code == _DUPLICATE_KEY
