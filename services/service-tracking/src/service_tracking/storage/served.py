"""What members served around certain days."""

from collections.abc import Iterable
from datetime import date, timedelta

from servicekit.storage.mongo import Database, Document

from service_tracking.domain.claim import ABSENT
from service_tracking.domain.flags import Served
from service_tracking.domain.record import RecordStatus
from service_tracking.storage.collections import CLAIMS, RECORDS

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


async def missed_among(database: Database, claim_ids: Iterable[str | None]) -> set[str]:
    """Those of these claims of which the place says that the member did not come."""
    asked = sorted({claim_id for claim_id in claim_ids if claim_id is not None})
    if not asked:
        return set()
    absent = {"_id": {"$in": asked}, "attended.attendance": {"$in": [one.value for one in ABSENT]}}
    return {claim["_id"] async for claim in database[CLAIMS].find(absent, {"_id": 1})}


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
