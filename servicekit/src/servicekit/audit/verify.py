"""Checks the hash chain against the entries, from its first link on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from servicekit.audit.chain import CHAIN, FIRST_HASH, linked
from servicekit.storage.audit import AUDIT, OPEN
from servicekit.storage.mongo import Database, Document


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain up to some block: whoever noted it elsewhere can tell later whether it is still in there."""

    block: int
    hash: str


class BrokenChain(Exception):
    """The first link that does not hold: the block, the entry (None: the block itself), and why."""

    def __init__(self, block: int, entry: str | None, why: str) -> None:
        super().__init__(f"block {block}" + (f", entry {entry}" if entry else "") + f": {why}")
        self.block, self.entry, self.why = block, entry, why


@dataclass(frozen=True, slots=True)
class Verified:
    """A block that holds, and the entries up to and with it."""

    head: Head
    entries: int


async def verify(database: Database, noted: Head | None = None) -> AsyncIterator[Verified]:
    """Each block that holds, in order. Raises BrokenChain at the first link that doesn't.

    `noted` is a head that was written down outside of the database; the chain must contain it.
    """
    head, entries = Head(0, FIRST_HASH), 0
    async for block in database[CHAIN].find().sort("_id", 1):
        head = await _check(database, block, head)
        entries += len(block["links"])
        if noted and noted.block == head.block and noted.hash != head.hash:
            raise BrokenChain(head.block, None, "its hash is not the one that was noted")
        yield Verified(head, entries)
    if noted and noted.block > head.block:
        raise BrokenChain(noted.block, None, "it was noted, and is not there any more")
    await _check_no_more(database, head)
    sealed = await database[AUDIT].count_documents({"block": {"$nin": [OPEN], "$lte": head.block}})
    if sealed != entries:
        raise BrokenChain(head.block, None, f"{sealed - entries} sealed entries are in no block")


async def open_entries(database: Database) -> int:
    """How many entries wait for the sealer."""
    return await database[AUDIT].count_documents({"block": OPEN})


async def _check_no_more(database: Database, head: Head) -> None:
    """Entries of a later block are those of one that was sealed meanwhile."""
    later = await database[AUDIT].find_one({"block": {"$gt": head.block}})
    if later and not await database[CHAIN].find_one({"_id": later["block"]}):
        raise BrokenChain(later["block"], None, "it is missing")


async def _check(database: Database, block: Document, before: Head) -> Head:
    number = before.block + 1
    if block["_id"] != number:
        raise BrokenChain(number, None, "it is missing")
    if block["previous"] != before.hash:
        raise BrokenChain(number, None, "it does not follow from the block before")
    ids = [link["entry"] for link in block["links"]]
    found = {one["_id"]: one async for one in database[AUDIT].find({"_id": {"$in": ids}})}
    hash_ = before.hash
    for link in block["links"]:
        entry = found.get(link["entry"])
        if entry is None:
            raise BrokenChain(number, link["entry"], "it is missing")
        hash_ = linked(hash_, entry)
        if hash_ != link["hash"] or entry["block"] != number:
            raise BrokenChain(number, link["entry"], "it was altered")
    if hash_ != block["hash"]:
        raise BrokenChain(number, None, "its hash was altered")
    return Head(number, hash_)
