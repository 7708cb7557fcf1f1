"""Outbox rows: events stored by the transaction that made them, until the broker has them."""

from datetime import UTC, datetime

from pymongo import IndexModel

from servicekit.bus.envelope import Event
from servicekit.storage.mongo import Document

OUTBOX = "outbox"
KEEP_DISPATCHED_SECONDS = 24 * 3600
_NEVER_LEASED = datetime(1970, 1, 1, tzinfo=UTC)

INDEXES = [
    IndexModel([("state", 1), ("_id", 1)], name="pending", partialFilterExpression={"state": "pending"}),
    # On the dispatch time, so that a row that was never dispatched never expires.
    IndexModel([("dispatched_at", 1)], name="expire_dispatched", expireAfterSeconds=KEEP_DISPATCHED_SECONDS),
    IndexModel([("lease", 1)], name="lease", sparse=True),
]


def row(event: Event, now: datetime) -> Document:
    """The row that keeps `event` until it is dispatched."""
    return {
        "_id": event.id,
        "state": "pending",
        "key": event.routing_key,
        "body": event.encode(),
        "stored_at": now,
        "leased_until": _NEVER_LEASED,
    }
