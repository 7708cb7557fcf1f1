"""What waits and wasn't reminded of yet."""

from collections.abc import Iterable
from datetime import date

from servicekit.storage.mongo import Database, Document
from servicekit.storage.work import Work

from evaluation.domain.contributions import EVERY_UNIT, EVERY_UNIT_BY_MONTH
from evaluation.domain.facts import Fact
from evaluation.domain.reminders import Residue, Waiting
from evaluation.storage.collections import CELLS, LEDGER, REMINDERS
from evaluation.storage.ledger import fact_of


async def overdue(work: Work, kind: Waiting, until: date, limit: int) -> list[Fact]:
    """Facts that wait since `until` or longer, of which nobody was told; the oldest first."""
    told = {"$concat": [kind.value, ".", "$id", ".", "$waiting.since"]}
    found = await work.collection(LEDGER).aggregate(
        [
            {"$match": {"waiting.for": kind, "waiting.since": {"$lte": f"{until}"}}},
            {"$sort": {"waiting.since": 1}},
            {"$set": {"told": told}},
            {"$lookup": {"from": REMINDERS, "localField": "told", "foreignField": "_id", "as": "told"}},
            {"$match": {"told": []}},
            {"$limit": limit},
        ]
    )
    return [fact_of(document) async for document in found]


async def residues(database: Database, month: str) -> list[Residue]:
    """Units with members on the roster who aren't registered up to the month, from their cells.

    While a unit is moved its cells are in two divisions: together they count each member once.
    """
    missing = {"$subtract": [{"$ifNull": ["$counts.roster_lines", 0]}, {"$ifNull": ["$counts.registered_lines", 0]}]}
    found = await database[CELLS].aggregate(
        [
            {"$match": {"unit": {"$nin": [EVERY_UNIT, EVERY_UNIT_BY_MONTH, ""]}, "period": {"$lte": month}}},
            {"$group": {"_id": {"unit": "$unit", "division": "$division"}, "members": {"$sum": missing}}},
            {"$sort": {"members": -1, "_id": 1}},
            {"$group": {"_id": "$_id.unit", "members": {"$sum": "$members"}, "division": {"$first": "$_id.division"}}},
            {"$match": {"members": {"$gt": 0}}},
            {"$sort": {"_id": 1}},
        ]
    )
    return [_residue(row) async for row in found]


async def already_told(work: Work, ids: Iterable[str]) -> set[str]:
    return {row["_id"] async for row in work.collection(REMINDERS).find({"_id": {"$in": list(ids)}}, {"_id": 1})}


def _residue(row: Document) -> Residue:
    division = row["division"]
    return Residue(division[:6].ljust(6, "0"), row["_id"], division, row["members"])
