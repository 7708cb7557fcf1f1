"""How many of a division's communities have a leader, on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from servicekit.storage.mongo import Database

from registration.storage.collections import DIVISIONS, LEADER_LINKS


@dataclass(frozen=True, slots=True)
class Coverage:
    on: date
    leaders: int
    linked: int
    communities: int


async def leader_coverage(database: Database, division: str, on: date) -> Coverage:
    day = on.isoformat()
    ended = {"$or": [{"ended_on": None}, {"ended_on": {"$gt": day}}]}
    match: dict[str, Any] = {"ancestors": division, "starts_on": {"$lte": day}, **ended}
    links = await database[LEADER_LINKS].find(match, {"member_id": 1, "community_code": 1}).to_list()
    valid: dict[str, Any] = {"$or": [{"valid_until": None}, {"valid_until": {"$gte": day}}]}
    communities = await database[DIVISIONS].count_documents({"ancestors": division, "level": "COMMUNITY", **valid})
    leaders = {one["member_id"] for one in links}
    return Coverage(on, len(leaders), len({one["community_code"] for one in links}), communities)
