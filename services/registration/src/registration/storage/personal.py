"""What is held about one person beside the member itself."""

from servicekit.storage.audit import AUDIT
from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page, page_per_parent

from registration.storage.collections import (
    APPOINTMENTS,
    CONSENT_TEXTS,
    CONSENTS,
    DATA_CORRECTIONS,
    LEADER_LINKS,
    PAPERS,
    RECONCILED_LINES,
    RECONCILIATIONS,
    REGISTRATIONS,
    REVEALS,
)

# Each is found by `member_id`.
HELD = (REGISTRATIONS, REVEALS, DATA_CORRECTIONS, APPOINTMENTS, LEADER_LINKS, RECONCILED_LINES)


async def current_text(database: Database, city: str) -> Document | None:
    """The newest version of a city's notice."""
    return await database[CONSENT_TEXTS].find_one({"city": city}, sort=[("number", -1)])


async def reveals_of_members(database: Database, members: list[str], first: int, after: str | None) -> dict[str, Page]:
    return await page_per_parent(database[REVEALS], "member_id", members, first=first, after=after)


async def reveals_of_lane(database: Database, lane: str, first: int, after: str | None) -> Page:
    return await page(database[REVEALS], {"lane": lane}, first=first, after=after)


async def corrections_of_unit(database: Database, unit: str, status: str | None, first: int, after: str | None) -> Page:
    match = {"unit_id": unit, **({"status": status} if status else {})}
    return await page(database[DATA_CORRECTIONS], match, first=first, after=after)


async def corrections_of_members(
    database: Database, members: list[str], first: int, after: str | None
) -> dict[str, Page]:
    return await page_per_parent(database[DATA_CORRECTIONS], "member_id", members, first=first, after=after)


async def held_about(database: Database, member_id: str, id_index: str) -> dict[str, list[Document]]:
    """Everything that names this member, by collection, oldest first; and the audit trail of the member."""
    by_member = {"member_id": member_id}
    found = {name: await database[name].find(by_member).sort("_id", 1).to_list() for name in HELD}
    found[RECONCILED_LINES] = await _of_finished(database, found[RECONCILED_LINES])
    found[PAPERS] = await database[PAPERS].find({"$or": [by_member, {"id_index": id_index}]}).to_list()
    found[CONSENTS] = await database[CONSENTS].find({"_id": member_id}).to_list()
    found[AUDIT] = await database[AUDIT].find({"changes.subject": member_id}).sort("_id", 1).to_list()
    return found


async def _of_finished(database: Database, lines: list[Document]) -> list[Document]:
    """Lines are there before their reconciliation is, and for some time without it when that was broken off."""
    ids = list({one["reconciliation_id"] for one in lines})
    finished = {one["_id"] async for one in database[RECONCILIATIONS].find({"_id": {"$in": ids}}, {"_id": 1})}
    return [one for one in lines if one["reconciliation_id"] in finished]
