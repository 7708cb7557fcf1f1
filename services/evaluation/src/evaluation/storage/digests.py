"""The content of the books as bytes: two books are the same when their digests are."""

import hashlib
from typing import Any

import orjson
from pymongo.asynchronous.collection import AsyncCollection
from servicekit.storage.mongo import Document


async def digest(collection: AsyncCollection[Document]) -> str:
    """SHA-256 over every document that counts something, in the order of ids, with sorted names and without zeros."""
    content = hashlib.sha256()
    async for document in collection.find().sort("_id", 1).batch_size(5_000):
        if document.get("counts", True) and (bare := _canonical(document)).get("counts", True):
            content.update(orjson.dumps(bare, option=orjson.OPT_SORT_KEYS))
            content.update(b"\n")
    return content.hexdigest()


def _canonical(document: Document) -> dict[str, Any]:
    if "counts" not in document:
        return document
    return document | {"counts": {name: count for name, count in document["counts"].items() if count}}
