"""What members served around certain days."""

from collections.abc import Iterable
from datetime import date, timedelta

from servicekit.storage.mongo import Database, Document

from service_tracking.domain.flags import Served
from service_tracking.domain.record import RecordStatus
from service_tracking.storage.collections import RECORDS

_COUNTS_OR_WAITS = [RecordStatus.SUBMITTED.value, RecordStatus.CONFIRMED.value]
_FIELDS = ("member_id", "community", "activity", "served_on", "hours", "started_at")


async def served_around(database: Database, days: Iterable[tuple[str, date]]) -> list[Served]:
    """By these members on these days and those next to them: services may run past midnight."""
    asked = set(days)
    near = {(day + timedelta(days=shift)).isoformat() for _, day in asked for shift in (-1, 0, 1)}
    found = database[RECORDS].find(
        {
            "member_id": {"$in": sorted({member for member, _ in asked})},
            "served_on": {"$in": sorted(near)},
            "status": {"$in": _COUNTS_OR_WAITS},
        },
        dict.fromkeys(_FIELDS, 1),
    )
    return [_served(document) async for document in found]


def _served(document: Document) -> Served:
    return Served(
        document["_id"],
        document["member_id"],
        document["community"],
        document["activity"],
        date.fromisoformat(document["served_on"]),
        document["hours"],
        document.get("started_at"),
    )
