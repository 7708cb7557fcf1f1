"""Issues of the bulletin."""

from dataclasses import asdict
from datetime import datetime

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page
from servicekit.storage.work import Work, restore

from evaluation.domain.issues import About, BulletinIssue, IssueStatus
from evaluation.domain.periods import Period
from evaluation.storage.collections import BULLETINS


async def of_period(work: Work, about: About, period: Period) -> BulletinIssue | None:
    found = await work.collection(BULLETINS).find_one(
        {**_about(about), "starts_on": f"{period.starts_on}", "ends_on": f"{period.ends_on}"}
    )
    return issue_of(found) if found else None


async def published(database: Database, about: About) -> list[BulletinIssue]:
    """All published issues about the same, in the order in which they were frozen."""
    found = database[BULLETINS].find({**_about(about), "status": IssueStatus.PUBLISHED})
    issues = [issue_of(document) async for document in found]
    return sorted(issues, key=_frozen_at)


async def last_serial(work: Work, about: About, year: int) -> int:
    numbered = {**_about(about), "year": year, "serial": {"$gt": 0}}
    last = await work.collection(BULLETINS).find_one(numbered, {"serial": 1}, sort=[("serial", -1)])
    return int(last["serial"]) if last else 0


async def find(database: Database, ids: list[str]) -> dict[str, BulletinIssue]:
    return {row["_id"]: issue_of(row) async for row in database[BULLETINS].find({"_id": {"$in": ids}})}


async def page_of(database: Database, about: About, *, drafts: bool, first: int, after: str | None) -> Page:
    """The published issues about it, or with `drafts` those that aren't published yet."""
    statuses = [IssueStatus.DRAFT, IssueStatus.FROZEN] if drafts else [IssueStatus.PUBLISHED]
    match = {**_about(about), "status": {"$in": statuses}}
    return await page(database[BULLETINS], match, first=first, after=after)


def issue_of(document: Document) -> BulletinIssue:
    return restore(BulletinIssue, document)


def _about(about: About) -> Document:
    """A unit is the same wherever it sits by now."""
    return {"unit": about.unit} if about.unit else asdict(about)


def _frozen_at(issue: BulletinIssue) -> datetime:
    assert issue.frozen_at is not None, "what is published was frozen"
    return issue.frozen_at
