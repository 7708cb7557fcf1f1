"""Outbox rows: events stored by the transaction that made them, until the broker has them.

A row is `pending` until a relay that leases it has its confirm, then `dispatched`. The database's clock decides over
leases, so relays need not agree on the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pymongo import IndexModel

from servicekit.domain.ids import new_id
from servicekit.events import Event
from servicekit.storage.mongo import Database, Document

OUTBOX = "outbox"
KEEP_DISPATCHED_SECONDS = 24 * 3600
LEASE_SECONDS = 30.0
_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)

INDEXES = [
    # In the order of the claims: what was put off stands behind what was not, so it can't be in its way. Leases are
    # not in it: they change too often.
    IndexModel([("not_before", 1), ("_id", 1)], name="claims", partialFilterExpression={"state": "pending"}),
    # On the dispatch time, so that a row that was never dispatched never expires.
    IndexModel(
        [("dispatched_at", 1)],
        name="expire",
        expireAfterSeconds=KEEP_DISPATCHED_SECONDS,
        partialFilterExpression={"state": "dispatched"},
    ),
]
_FREE: Document = {
    "state": "pending",
    "$expr": {"$and": [{"$lte": ["$not_before", "$$NOW"]}, {"$lte": ["$leased_until", "$$NOW"]}]},
}
_NEEDED = {"key": 1, "body": 1}


def row(event: Event, now: datetime) -> Document:
    """The row that keeps `event` until it is dispatched."""
    return {
        "_id": event.id,
        "state": "pending",
        "key": event.routing_key,
        "body": event.encode(),
        "stored_at": now,
        "not_before": _AT_ONCE,
        "leased_until": _AT_ONCE,
    }


@dataclass(frozen=True, slots=True)
class Lease:
    """Rows that one relay may publish until the lease ends."""

    token: str
    rows: list[Document]


class Outbox:
    """The outbox of one service, as its relays see it."""

    def __init__(self, database: Database, lease_seconds: float = LEASE_SECONDS) -> None:
        self._rows = database[OUTBOX]
        self._lease_ms = int(lease_seconds * 1000)

    async def claim(self, most: int) -> Lease:
        """Lease up to `most` pending rows that nobody has, oldest first."""
        token = new_id()
        # Limited at the server: `to_list(most)` alone would have all the others sent too.
        free = self._rows.find(_FREE, _NEEDED, limit=most, batch_size=most + 1)
        rows = await free.sort([("not_before", 1), ("_id", 1)]).to_list()
        if not rows:
            return Lease(token, rows)
        ids = {"_id": {"$in": _ids(rows)}}
        taken = await self._rows.update_many(
            {**ids, **_FREE}, [{"$set": {"lease": token, "leased_until": {"$add": ["$$NOW", self._lease_ms]}}}]
        )
        if taken.modified_count < len(rows):
            rows = await self._rows.find({**ids, "lease": token}, _NEEDED).to_list()
        return Lease(token, rows)

    async def mark(self, lease: Lease, rows: Sequence[Document]) -> int:
        """Mark rows dispatched that are still ours, and answer how many; others publish the rest again."""
        marked = await self._rows.update_many(
            {"_id": {"$in": _ids(rows)}, "lease": lease.token},
            {"$set": {"state": "dispatched"}, "$currentDate": {"dispatched_at": True}, "$unset": {"lease": ""}},
        )
        return marked.modified_count

    async def release(self, lease: Lease, rows: Sequence[Document]) -> None:
        """Give leased rows back, to be taken at once."""
        await self._rows.update_many(
            {"_id": {"$in": _ids(rows)}, "lease": lease.token},
            {"$set": {"leased_until": _AT_ONCE}, "$unset": {"lease": ""}},
        )

    async def put_off(self, lease: Lease, rows: Sequence[Document], seconds: float) -> None:
        """Give leased rows back, to be taken after `seconds`."""
        await self._rows.update_many(
            {"_id": {"$in": _ids(rows)}, "lease": lease.token},
            [
                {"$set": {"not_before": {"$add": ["$$NOW", int(seconds * 1000)]}, "leased_until": _AT_ONCE}},
                {"$unset": "lease"},
            ],
        )

    async def backlog(self, most: int = 10_000) -> tuple[int, float]:
        """How many rows are pending (counted up to `most`), and the age of the oldest of these in seconds."""
        counted = await self._rows.aggregate(
            [
                {"$match": {"state": "pending"}},
                {"$limit": most},
                {"$group": {"_id": None, "rows": {"$sum": 1}, "stored_at": {"$min": "$stored_at"}}},
                {"$project": {"rows": 1, "ms": {"$subtract": ["$$NOW", "$stored_at"]}}},
            ],
            hint="claims",
        )
        async for found in counted:
            return found["rows"], max(0.0, found["ms"] / 1000)
        return 0, 0.0


def _ids(rows: Sequence[Document]) -> list[str]:
    return [row["_id"] for row in rows]
