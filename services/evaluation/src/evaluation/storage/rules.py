"""By which version of the rules the books are counted: noted beside them."""

from servicekit.storage.mongo import Database

from evaluation.domain.books import RULES
from evaluation.storage.collections import COUNTED_BY, LEDGER

_OF = "books"
UNKNOWN = 0


async def counted_by(database: Database) -> int:
    """The version; RULES before anything is counted, UNKNOWN of books from before it was noted."""
    noted = await database[COUNTED_BY].find_one({"_id": _OF})
    if noted is not None:
        return int(noted["version"])
    if await database[LEDGER].find_one({}, {"_id": 1}, sort=[("_id", 1)]) is not None:
        return UNKNOWN
    await note(database)
    return RULES


async def note(database: Database) -> None:
    """The books are counted by this version's rules."""
    await database[COUNTED_BY].update_one({"_id": _OF}, {"$set": {"version": RULES}}, upsert=True)
