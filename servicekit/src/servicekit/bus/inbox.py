"""Inbox keys: which events have had their effects, written in the transaction of the effects."""

from collections.abc import Sequence

from pymongo import IndexModel

from servicekit.events import Event
from servicekit.storage.work import Work

INBOX = "inbox"
KEEP_SECONDS = 7 * 24 * 3600

INDEXES = [IndexModel([("at", 1)], name="expire", expireAfterSeconds=KEEP_SECONDS)]


async def take_new(work: Work, events: Sequence[Event]) -> list[Event]:
    """Those of `events` that had no effect yet, each once; from this commit on they had."""
    by_id = {event.id: event for event in events}
    inbox = work.collection(INBOX)
    seen = {key["_id"] async for key in inbox.find({"_id": {"$in": list(by_id)}}, {"_id": 1})}
    new = [event for key, event in by_id.items() if key not in seen]
    if new:
        await inbox.insert_many([{"_id": event.id, "at": work.now} for event in new], ordered=False)
    return new
