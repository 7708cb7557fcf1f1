"""Waiting lists as numbers: how many wait for an offer, and how many before somebody."""

from collections.abc import Iterable
from typing import NamedTuple

from servicekit.storage.mongo import Database

from service_tracking.domain.claim import ClaimStatus
from service_tracking.storage.collections import CLAIMS


class Spot(NamedTuple):
    """Somebody's number in the waiting list of an offer. Numbers only grow; who leaves leaves a gap."""

    offer_id: str
    queued: int


async def waiting_for(database: Database, offer_ids: Iterable[str]) -> dict[str, int]:
    """How many wait for each offer that somebody waits for."""
    asked = sorted(set(offer_ids))
    if not asked:
        return {}
    found = await database[CLAIMS].aggregate(
        [
            {"$match": {"offer_id": {"$in": asked}, "status": ClaimStatus.WAITING}},
            {"$group": {"_id": "$offer_id", "waiting": {"$sum": 1}}},
        ]
    )
    return {one["_id"]: one["waiting"] async for one in found}


async def positions(database: Database, spots: Iterable[Spot]) -> dict[Spot, int]:
    """Each one's position, from 1."""
    before = [
        {"$match": {"status": ClaimStatus.WAITING, "$expr": {"$lt": ["$queued", "$$mine"]}}},
        {"$count": "waiting"},
    ]
    found = await database.aggregate(
        [
            {"$documents": [{"offer_id": spot.offer_id, "queued": spot.queued} for spot in dict.fromkeys(spots)]},
            {
                "$lookup": {
                    "from": CLAIMS,
                    "localField": "offer_id",
                    "foreignField": "offer_id",
                    "let": {"mine": "$queued"},
                    "pipeline": before,
                    "as": "before",
                }
            },
        ]
    )
    return {
        Spot(one["offer_id"], one["queued"]): 1 + sum(count["waiting"] for count in one["before"])
        async for one in found
    }
