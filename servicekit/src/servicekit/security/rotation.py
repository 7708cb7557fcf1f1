"""Key rotation: whatever is sealed under another key than the active one is sealed anew, while the service serves.

Collections keep a token in `sealed`, of the context `_id`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pymongo import UpdateOne

from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database, Document

_BATCH = 500
# A command that read a document before it was sealed anew may write the old token back: the next pass finds it.
_MOST_PASSES = 10


@dataclass(frozen=True, slots=True)
class Rotated:
    """`left` counts tokens under other keys that a last pass still found: written meanwhile by somebody else."""

    resealed: int
    left: int


async def rotate(
    database: Database, vault: Vault, collections: Sequence[str], seen: Callable[[int], None] = lambda count: None
) -> Rotated:
    """Pass over everything until nothing is left under another key. `seen` is told of the documents looked at."""
    total = 0
    for _ in range(_MOST_PASSES):
        resealed = sum([await _pass(database, name, vault, seen) for name in collections])
        if resealed == 0:
            return Rotated(total, 0)
        total += resealed
    return Rotated(total, resealed)


async def _pass(database: Database, name: str, vault: Vault, seen: Callable[[int], None]) -> int:
    resealed, after = 0, ""
    while batch := await _next(database, name, after):
        after = batch[-1]["_id"]
        old = [one for one in batch if one["sealed"] is not None and vault.key_id(one["sealed"]) != vault.active]
        if old:
            # Only where the token is still the one that was opened: a newer one is never overwritten.
            writes = [
                UpdateOne(
                    {"_id": one["_id"], "sealed": one["sealed"]},
                    {"$set": {"sealed": vault.seal(vault.open(one["sealed"], one["_id"]), one["_id"])}},
                )
                for one in old
            ]
            resealed += (await database[name].bulk_write(writes, ordered=False)).modified_count
        seen(len(batch))
    return resealed


async def _next(database: Database, name: str, after: str) -> list[Document]:
    found = database[name].find({"_id": {"$gt": after}}, {"sealed": 1}).sort("_id").limit(_BATCH)
    return await found.to_list()
