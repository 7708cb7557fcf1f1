"""One unit of work: everything a command or a batch of events does, in one MongoDB transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pymongo import InsertOne, ReplaceOne
from pymongo.asynchronous.collection import AsyncCollection

from servicekit.domain.aggregate import Aggregate
from servicekit.events import Event, Fact
from servicekit.storage.audit import AUDIT, Trail, change, entries
from servicekit.storage.mongo import Database, Document
from servicekit.storage.outbox import OUTBOX, row
from servicekit.storage.turns import Turn

A = TypeVar("A", bound=Aggregate)


class VersionConflict(Exception):
    """Somebody else saved this aggregate since it was loaded. The command is run again."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the principal's subject, and the correlation id under which everything that follows is found."""

    subject: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class _Saved:
    collection: str
    aggregate: Aggregate
    cause: Fact[Any] | None


@dataclass(slots=True)
class Work:
    """What a use case sees of the database. It never commits: `Commands` and the consumer do.

    Every operation on a collection of it joins the transaction. `now` is one instant for the whole unit, `operation`
    the name of the use case.
    """

    database: Database
    source: str
    now: datetime
    actor: Actor
    turn: Turn
    operation: str = ""
    _saved: list[_Saved] = field(default_factory=list)

    def collection(self, name: str) -> AsyncCollection[Document]:
        return self.database[name]

    async def take_turns(self, keys: Iterable[str]) -> None:
        """Let everybody in this process who takes a turn at one of these finish first, and keep others waiting.

        For what a crowd wants to write at the same moment. To be called once, before anything is read. Raises Busy.
        """
        await self.turn.take(keys)

    async def load(self, kind: type[A], collection: str, ids: Iterable[str]) -> dict[str, A]:
        """The aggregates that have these ids, by id; unknown ids are absent."""
        found = self.database[collection].find({"_id": {"$in": list(set(ids))}})
        return {document["_id"]: restore(kind, document) async for document in found}

    def save(self, collection: str, aggregate: Aggregate, *, cause: Fact[Any] | None = None) -> None:
        """Have `aggregate` written when the use case ends; `cause` is the event that made a handler change it."""
        self._saved.append(_Saved(collection, aggregate, cause))

    async def keep_newest(
        self, collection: str, documents: Sequence[Document]
    ) -> list[tuple[Document | None, Document]]:
        """Replace each kept document whose `version` is older; answer the pairs (old or None, new) really replaced.

        `documents` have distinct `_id`s. An older or equal version than the kept one changes nothing.
        """
        kept = {
            old["_id"]: old
            async for old in self.database[collection].find({"_id": {"$in": [new["_id"] for new in documents]}})
        }
        newer = [
            (kept.get(new["_id"]), new)
            for new in documents
            if new["_id"] not in kept or kept[new["_id"]]["version"] < new["version"]
        ]
        if newer:
            await self.database[collection].bulk_write([_write(old, new) for old, new in newer], ordered=False)
        return newer

    async def flush(self) -> None:
        """Write what was saved, its audit entries, and the outbox rows of its facts. Called before the commit."""
        writes: dict[str, list[InsertOne[Document] | ReplaceOne[Document]]] = {}
        loaded: dict[str, dict[str, int]] = {}
        events: list[Event] = []
        changes: dict[Trail, list[Document]] = {}
        for saved in {id(saved.aggregate): saved for saved in self._saved}.values():
            before = saved.aggregate.stored
            loaded.setdefault(saved.collection, {})[saved.aggregate.id] = saved.aggregate.version
            writes.setdefault(saved.collection, []).append(_advance(saved.aggregate))
            changes.setdefault(self._trail(saved), []).append(_change(saved, before))
            events.extend(self._events(saved))
        for collection, operations in writes.items():
            await self._check_versions(collection, loaded[collection])
            # Changes first: what ends makes room under a unique index for what begins.
            operations.sort(key=_inserts)
            await self.database[collection].bulk_write(operations, ordered=True)
        if changes:
            trail = entries(changes, at=self.now, actor=self.actor.subject, operation=self.operation)
            await self.database[AUDIT].insert_many(trail, ordered=False)
        if events:
            await self.database[OUTBOX].insert_many([row(event, self.now) for event in events], ordered=False)
        self._saved.clear()

    async def _check_versions(self, collection: str, loaded: Mapping[str, int]) -> None:
        """Raise VersionConflict unless what is stored has the versions loaded (0: not stored).

        Read in the transaction's snapshot: a write of somebody else after it is a write conflict. One read for all, and
        then replacing by `_id` alone, costs the server a tenth of planning `{_id, version}` anew for each.
        """
        kept = {id: version for id, version in loaded.items() if version}
        if kept:
            found = self.database[collection].find({"_id": {"$in": list(kept)}}, {"version": 1})
            if {one["_id"]: one["version"] async for one in found} != kept:
                raise VersionConflict(collection)

    def _trail(self, saved: _Saved) -> Trail:
        if saved.cause:
            return Trail(saved.aggregate.lane, saved.cause.correlation_id, saved.cause.id)
        return Trail(saved.aggregate.lane, self.actor.correlation_id, None)

    def _events(self, saved: _Saved) -> Iterable[Event]:
        facts = saved.aggregate.take_facts()
        if not facts:
            return
        data = saved.aggregate.snapshot()
        for fact in facts:
            yield Event.of(
                saved.aggregate,
                fact,
                data,
                source=self.source,
                time=self.now,
                correlation_id=saved.cause.correlation_id if saved.cause else self.actor.correlation_id,
                causation_id=saved.cause.id if saved.cause else None,
                traceparent=saved.cause.traceparent if saved.cause else None,
                schema=saved.aggregate.event_schema,
            )


def restore(kind: type[A], document: Document) -> A:
    """The aggregate kept as `document`."""
    aggregate = kind.model_validate({"id": document["_id"], **{k: v for k, v in document.items() if k != "_id"}})
    aggregate.remember(document)
    return aggregate


def _change(saved: _Saved, before: Mapping[str, Any] | None) -> Document:
    assert saved.aggregate.stored is not None
    return change(saved.collection, saved.aggregate, before, saved.aggregate.stored)


def _advance(aggregate: Aggregate) -> InsertOne[Document] | ReplaceOne[Document]:
    new = aggregate.version == 0
    aggregate.version += 1
    document = aggregate.model_dump(exclude={"id"})
    document = {"_id": aggregate.id, **document}
    aggregate.remember(document)
    if new:
        return InsertOne(document)
    return ReplaceOne({"_id": aggregate.id}, document)


def _inserts(operation: InsertOne[Document] | ReplaceOne[Document]) -> bool:
    return isinstance(operation, InsertOne)


def _write(old: Document | None, new: Document) -> InsertOne[Document] | ReplaceOne[Document]:
    return InsertOne(new) if old is None else ReplaceOne({"_id": new["_id"]}, new)
