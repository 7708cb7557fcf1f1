"""Appeals."""

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page
from servicekit.storage.work import Work, restore

from evaluation.domain.appeals import Appeal, AppealStatus
from evaluation.domain.facts import Fact
from evaluation.storage.collections import APPEALS


async def about(work: Work, fact: Fact) -> Appeal | None:
    """The appeal about this version of the fact."""
    found = await work.collection(APPEALS).find_one(
        {"fact_kind": fact.kind, "fact_id": fact.id, "fact_version": fact.version}
    )
    return appeal_of(found) if found else None


async def find(database: Database, ids: list[str]) -> dict[str, Appeal]:
    return {row["_id"]: appeal_of(row) async for row in database[APPEALS].find({"_id": {"$in": ids}})}


async def newly_overdue(work: Work, limit: int) -> list[Appeal]:
    """Open ones whose time is over and that weren't escalated yet, the longest overdue first."""
    match = {"status": AppealStatus.OPEN, "escalated_at": None, "decide_by": {"$lt": work.now}}
    return [appeal_of(row) async for row in work.collection(APPEALS).find(match).sort("decide_by", 1).limit(limit)]


async def granted(database: Database, division: str) -> list[Appeal]:
    """All that were granted about facts that count in the division."""
    match = {"places": division, "status": AppealStatus.GRANTED}
    return [appeal_of(row) async for row in database[APPEALS].find(match)]


async def page_of_division(
    database: Database, division: str, status: AppealStatus, *, first: int, after: str | None
) -> Page:
    """Those about facts that count in the division, oldest first."""
    return await page(database[APPEALS], {"places": division, "status": status}, first=first, after=after)


async def page_of_member(database: Database, member: str, *, first: int, after: str | None) -> Page:
    return await page(database[APPEALS], {"member": member}, first=first, after=after)


def appeal_of(document: Document) -> Appeal:
    return restore(Appeal, document)
