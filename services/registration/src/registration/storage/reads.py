"""Read queries outside of commands. Every one of them is served by an index."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from servicekit.security.policy import division_prefix
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page, page_per_parent

from registration.domain.divisions import Level, level_of
from registration.domain.units import Unit
from registration.storage.collections import (
    AGREEMENTS,
    DIVISIONS,
    GRIDS,
    GROUPS,
    HELD_LINES,
    MEMBERS,
    RECONCILIATIONS,
    REGISTRATIONS,
    REORGANISATIONS,
    ROSTERS,
    SQUADS,
    UNITS,
)


async def by_id(database: Database, collection: str, ids: Iterable[str]) -> list[Document]:
    return await database[collection].find({"_id": {"$in": list(ids)}}).to_list()


def valid_on(day: date | None) -> Document:
    """What matches divisions that were valid that day; all of them, withdrawn ones too, when it is None."""
    if day is None:
        return {}
    # Null compares with nothing, so a date that is not known has to be allowed for by itself.
    started = {"$or": [{"valid_from": None}, {"valid_from": {"$lte": day.isoformat()}}]}
    not_ended = {"$or": [{"valid_until": None}, {"valid_until": {"$gte": day.isoformat()}}]}
    return {"$and": [started, not_ended]}


async def children_of(
    database: Database, codes: Sequence[str], first: int, after: str | None, as_of: date | None
) -> dict[str, Page]:
    return await page_per_parent(database[DIVISIONS], "parent", codes, first=first, after=after, match=valid_on(as_of))


async def communities_within(
    database: Database, codes: Sequence[str], first: int, after: str | None, as_of: date | None
) -> dict[str, Page]:
    match = {"level": "COMMUNITY", **valid_on(as_of)}
    return await page_per_parent(database[DIVISIONS], "ancestors", codes, first=first, after=after, match=match)


async def divisions_within(
    database: Database, code: str, level: str, first: int, after: str | None, as_of: date | None
) -> Page:
    match = {"ancestors": code, "level": level, **valid_on(as_of)}
    return await page(database[DIVISIONS], match, first=first, after=after)


async def reorganisations_within(database: Database, code: str, first: int, after: str | None) -> Page:
    prefix = division_prefix(code)
    match = {"place": {"$gte": prefix, "$lt": prefix + ":"}}
    return await page(database[REORGANISATIONS], match, first=first, after=after)


async def units_within(database: Database, code: str, line: str | None, first: int, after: str | None) -> Page:
    match = {"ancestors": code, **({"line": line} if line else {})}
    return await page(database[UNITS], match, first=first, after=after)


async def members_of_units(database: Database, units: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await page_per_parent(
        database[MEMBERS], "unit_id", units, first=first, after=after, match={"on_roster": True}
    )


async def agreements_of_units(
    database: Database, units: Sequence[str], first: int, after: str | None
) -> dict[str, Page]:
    return await page_per_parent(database[AGREEMENTS], "unit_id", units, first=first, after=after)


async def agreements_by_pair(database: Database, pairs: Sequence[tuple[str, str]]) -> list[Document]:
    """The agreements of these (unit id, community code) pairs."""
    wanted = [{"unit_id": unit, "community_code": community} for unit, community in pairs]
    return await database[AGREEMENTS].find({"$or": wanted}).to_list()


async def rosters_of_units(database: Database, units: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await page_per_parent(database[ROSTERS], "unit_id", units, first=first, after=after, sort="number")


async def held_lines(database: Database, lane: str, first: int, after: str | None) -> Page:
    """Those that wait, of the county where the members are."""
    return await page(database[HELD_LINES], {"lane": lane, "settled_at": None}, first=first, after=after)


async def registrations_of_communities(
    database: Database, codes: Sequence[str], first: int, after: str | None, status: str | None
) -> dict[str, Page]:
    match = {"status": status} if status else None
    return await page_per_parent(
        database[REGISTRATIONS], "community_code", codes, first=first, after=after, match=match
    )


async def registrations_of_members(database: Database, members: Sequence[str]) -> list[Document]:
    """All registrations of these members, each member's oldest first."""
    found = database[REGISTRATIONS].find({"member_id": {"$in": list(members)}})
    return await found.sort([("member_id", 1), ("_id", 1)]).to_list()


async def registrations(
    database: Database, *, community: str | None, unit: str | None, status: str | None, first: int, after: str | None
) -> Page:
    """Of a community, a unit, or both; one of them must be given."""
    filters: dict[str, Any] = {"community_code": community, "unit_id": unit, "status": status}
    match = {name: value for name, value in filters.items() if value is not None}
    return await page(database[REGISTRATIONS], match, first=first, after=after)


async def registration_by_certificate(database: Database, number: str) -> Document | None:
    return await database[REGISTRATIONS].find_one({"certificates.number": number})


async def reconciliation_of_unit(database: Database, unit: Unit) -> str | None:
    """The id of the newest reconciliation that is about the whole of a unit: of a community's, only some are."""
    wider = [code for code in (*unit.ancestors, unit.division) if level_of(code) is not Level.COMMUNITY]
    lines = {"$in": [None, unit.line]}
    covering = [
        {"place": unit.division, "scope.unit": unit.id},
        {"place": {"$in": wider}, "scope.unit": None, "scope.line": lines},
    ]
    found = await database[RECONCILIATIONS].find_one({"$or": covering}, {"_id": 1}, sort=[("_id", -1)])
    return found["_id"] if found else None


async def grids_of_communities(
    database: Database, codes: Sequence[str], first: int, after: str | None
) -> dict[str, Page]:
    return await page_per_parent(database[GRIDS], "community_code", codes, first=first, after=after)


async def groups_of_grids(database: Database, grids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await page_per_parent(database[GROUPS], "grid_id", grids, first=first, after=after)


async def squads_of_grids(database: Database, grids: Sequence[str], first: int, after: str | None) -> dict[str, Page]:
    return await page_per_parent(database[SQUADS], "grid_id", grids, first=first, after=after)


async def members_in_groups(database: Database, groups: Sequence[str]) -> dict[str, int]:
    """How many completed registrations each of these groups has, 0 too."""
    completed = {"group_id": {"$in": list(groups)}, "status": "COMPLETED"}
    found = await database[REGISTRATIONS].aggregate(
        [{"$match": completed}, {"$group": {"_id": "$group_id", "members": {"$sum": 1}}}]
    )
    return dict.fromkeys(groups, 0) | {one["_id"]: one["members"] async for one in found}


async def members_to_assign(database: Database, county: str, first: int, after: str | None) -> Page:
    """Active members of the county's units whom nothing places, without a registration open or completed."""
    # Not by lane: that is where they were met first, and people change to units of other counties.
    match: Document = {"on_roster": True, "residence": None, "assignment": None}
    match["unit_division"] = {"$gte": county, "$lt": county + ":"}
    if after is not None:
        match["_id"] = {"$gt": after}
    found = await database[MEMBERS].aggregate(
        [
            {"$match": match},
            {"$sort": {"_id": 1}},
            _lookup(REGISTRATIONS, "_id", "member_id", {"status": {"$in": ["SUBMITTED", "CERTIFIED", "COMPLETED"]}}),
            {"$match": {REGISTRATIONS: []}},
            _lookup(AGREEMENTS, "unit_id", "unit_id", {"status": "ACTIVE", "primary": True}),
            {"$match": {AGREEMENTS: []}},
            {"$limit": first + 1},
            {"$unset": [REGISTRATIONS, AGREEMENTS]},
        ]
    )
    items = [document async for document in found]
    shown = items[:first]
    return Page(shown, shown[-1]["_id"] if shown else None, len(items) > first)


def _lookup(collection: str, local: str, foreign: str, match: Document) -> Document:
    return {
        "$lookup": {
            "from": collection,
            "localField": local,
            "foreignField": foreign,
            "pipeline": [{"$match": match}, {"$limit": 1}, {"$project": {"_id": 1}}],
            "as": collection,
        }
    }
