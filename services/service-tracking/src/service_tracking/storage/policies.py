"""The policies that bear on places, and what a policy needs to know of a member's day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from servicekit.storage.mongo import Database
from servicekit.storage.work import Work, restore

from service_tracking.domain.policy import Policies, Policy, lineage
from service_tracking.domain.record import RecordStatus
from service_tracking.storage.collections import POLICIES, RECORDS

Day = tuple[str, date]


async def policies_over(database: Database, communities: Iterable[str]) -> Policies:
    """All policies of these communities and of the divisions above them."""
    divisions = {division for community in communities for division in lineage(community)}
    found = database[POLICIES].find({"division": {"$in": sorted(divisions)}})
    return Policies([restore(Policy, document) async for document in found])


async def hours_of_days(work: Work, days: Iterable[Day]) -> dict[Day, Decimal]:
    """The hours that count or wait, by member and day."""
    asked = set(days)
    if not asked:
        return {}
    members, dates = sorted({member for member, _ in asked}), sorted({day.isoformat() for _, day in asked})
    found = await work.collection(RECORDS).aggregate(
        [
            {
                "$match": {
                    "member_id": {"$in": members},
                    "served_on": {"$in": dates},
                    "status": {"$in": [RecordStatus.SUBMITTED.value, RecordStatus.CONFIRMED.value]},
                }
            },
            {"$group": {"_id": {"member": "$member_id", "day": "$served_on"}, "hours": {"$sum": "$hours"}}},
        ]
    )
    return {(one["_id"]["member"], date.fromisoformat(one["_id"]["day"])): one["hours"] async for one in found}
