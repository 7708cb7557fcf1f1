"""Statements that were issued."""

from servicekit.storage.mongo import Database, Document
from servicekit.storage.paging import Page, page
from servicekit.storage.work import restore

from evaluation.domain.statements import Statement
from evaluation.storage.collections import STATEMENTS


async def find(database: Database, ids: list[str]) -> dict[str, Statement]:
    return {row["_id"]: statement_of(row) async for row in database[STATEMENTS].find({"_id": {"$in": ids}})}


async def by_number(database: Database, number: str) -> Statement | None:
    found = await database[STATEMENTS].find_one({"number": number})
    return statement_of(found) if found else None


async def page_of_unit(database: Database, unit: str, *, first: int, after: str | None) -> Page:
    return await page(database[STATEMENTS], {"unit": unit}, first=first, after=after)


def statement_of(document: Document) -> Statement:
    return restore(Statement, document)
