"""The records that a sample is drawn from."""

from collections.abc import AsyncIterator
from datetime import datetime

from servicekit.storage.mongo import Database

from service_tracking.domain.record import RecordStatus
from service_tracking.domain.sample import Draw
from service_tracking.storage.collections import RECORDS


async def confirmed_in(database: Database, draw: Draw, confirmed_before: datetime) -> AsyncIterator[str]:
    """Their ids."""
    found = database[RECORDS].find(
        {
            "lane": draw.division[:6],
            "status": RecordStatus.CONFIRMED.value,
            "served_on": {"$gte": draw.starts_on.isoformat(), "$lte": draw.ends_on.isoformat()},
            "community": {"$gte": draw.division, "$lt": draw.division + ":"},
            "confirmation.at": {"$lte": confirmed_before},
        },
        {"_id": 1},
    )
    async for document in found:
        yield document["_id"]
