"""Evaluation schemes."""

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page
from servicekit.storage.work import Work, restore

from evaluation.domain.periods import Period
from evaluation.domain.schemes import Scheme, SchemeStatus
from evaluation.storage.collections import SCHEMES


async def last_edition(work: Work, scheme: Scheme) -> int:
    last = await work.collection(SCHEMES).find_one(
        {
            "division": scheme.division,
            "level": scheme.level,
            "starts_on": f"{scheme.starts_on}",
            "ends_on": f"{scheme.ends_on}",
            "edition": {"$gt": 0},
        },
        {"edition": 1},
        sort=[("edition", -1)],
    )
    return int(last["edition"]) if last else 0


async def find(database: Database, ids: list[str]) -> dict[str, Scheme]:
    return {row["_id"]: scheme_of(row) async for row in database[SCHEMES].find({"_id": {"$in": ids}})}


async def in_force(
    database: Database, owners: list[str], level: str, period: Period, *, line: str | None = None
) -> Scheme | None:
    """The newest edition of a published scheme of this level for this period.

    The line's own comes before one of all lines, and then the nearest owner's. `owners` are the division and those
    above it, the nearest first.
    """
    found = database[SCHEMES].find(
        {
            "division": {"$in": owners},
            "level": level,
            "status": SchemeStatus.PUBLISHED,
            "starts_on": f"{period.starts_on}",
            "ends_on": f"{period.ends_on}",
        }
    )
    schemes = [one for one in [scheme_of(row) async for row in found] if one.line in (None, line)]
    return min(
        schemes, key=lambda one: (one.line is None, owners.index(one.division), -(one.edition or 0)), default=None
    )


async def page_of(database: Database, division: str, line: str | None, *, first: int, after: str | None) -> Page:
    """Those that the division made, or of them those of a line."""
    match = {"division": division} | ({"line": line} if line else {})
    return await page(database[SCHEMES], match, first=first, after=after)


def scheme_of(document: Document) -> Scheme:
    return restore(Scheme, document)
