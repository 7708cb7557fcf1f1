"""The hash chain over the entries: sealed in blocks, in the order in which the sealer found them.

The hash of an entry is SHA-256 over the hash before it, a line feed, and the entry as JSON with sorted keys. A block
keeps these hashes beside the entries, so that a missing or altered one can be named.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import structlog

from servicekit.storage.audit import AUDIT, OPEN
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Document
from servicekit.storage.work import VersionConflict, Work

log = structlog.get_logger()

CHAIN = "audit_chain"
FIRST_HASH = "0" * 64
BLOCK_ENTRIES = 1_000


def linked(previous: str, entry: Document) -> str:
    """The hash of `entry` behind the one whose hash is `previous`."""
    told = {name: value for name, value in entry.items() if name != "block"}
    return sha256(previous.encode() + b"\n" + orjson.dumps(told, default=_instant, option=_SORTED)).hexdigest()


async def seal(work: Work, most: int = BLOCK_ENTRIES) -> int:
    """Link up to `most` open entries into the next block; how many there were. Of two sealers one has to run again."""
    open_ones = work.collection(AUDIT).find({"block": OPEN}, limit=most).sort("_id", 1)
    entries = await open_ones.to_list()
    if not entries:
        return 0
    last = await work.collection(CHAIN).find_one(sort=[("_id", -1)])
    block = _block(last, entries, work.now)
    await work.collection(CHAIN).insert_one(block)
    ids = [one["_id"] for one in entries]
    marked = await work.collection(AUDIT).update_many(
        {"_id": {"$in": ids}, "block": OPEN}, {"$set": {"block": block["_id"]}}
    )
    if marked.modified_count != len(ids):
        raise VersionConflict(AUDIT)
    # Whoever keeps the logs elsewhere has with it what a later chain must still contain: see `audit verify --head`.
    log.info("audit.sealed", block=block["_id"], entries=len(ids), hash=block["hash"])
    return len(ids)


async def seal_all(commands: Commands) -> None:
    """Seal what is open; what is added meanwhile waits for the next time."""
    while await commands.run(seal) == BLOCK_ENTRIES:
        pass


def _block(last: Document | None, entries: Sequence[Document], now: datetime) -> Document:
    number, previous = (last["_id"] + 1, last["hash"]) if last else (1, FIRST_HASH)
    links, hash_ = [], previous
    for one in entries:
        hash_ = linked(hash_, one)
        links.append({"entry": one["_id"], "hash": hash_})
    return {"_id": number, "sealed_at": now, "previous": previous, "hash": hash_, "links": links}


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    raise TypeError(f"no place in an audit entry for {type(value).__name__}")
