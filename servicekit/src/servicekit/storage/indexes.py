"""Collections and their indexes, made at start-up."""

from collections.abc import Mapping, Sequence

import structlog
from pymongo import IndexModel
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import CollectionInvalid, OperationFailure

from servicekit.storage.mongo import Database, Document

log = structlog.get_logger()

_INDEX_NOT_FOUND = 27
_NAMESPACE_EXISTS = 48
# The same name with other options, or with other keys.
_CHANGED = (85, 86)


async def ensure_indexes(database: Database, collections: Mapping[str, Sequence[IndexModel]]) -> None:
    """Make every collection and index that is missing, and make an index anew whose definition changed.

    Safe to run from many replicas at once. Indexes that are not listed are left alone.
    """
    existing = set(await database.list_collection_names())
    for name, indexes in collections.items():
        if name not in existing:
            await _create(database, name)
        if indexes:
            await _index(database[name], indexes)


async def _create(database: Database, name: str) -> None:
    # A transaction that creates a collection by writing to it conflicts with its twin, so they exist beforehand.
    try:
        await database.create_collection(name)
    except CollectionInvalid:
        pass
    except OperationFailure as failure:
        if failure.code != _NAMESPACE_EXISTS:
            raise


async def _index(collection: AsyncCollection[Document], indexes: Sequence[IndexModel]) -> None:
    try:
        await collection.create_indexes(list(indexes))
    except OperationFailure as failure:
        if failure.code not in _CHANGED:
            raise
        for index in indexes:
            await _make_anew(collection, index)


async def _make_anew(collection: AsyncCollection[Document], index: IndexModel) -> None:
    try:
        await collection.create_indexes([index])
    except OperationFailure as conflict:
        if conflict.code not in _CHANGED:
            raise
        name = index.document["name"]
        log.warning("index.changed", collection=collection.name, index=name)
        try:
            await collection.drop_index(name)
        except OperationFailure as failure:
            if failure.code != _INDEX_NOT_FOUND:
                raise
            # It is another index that has these keys.
            raise conflict from None
        await collection.create_indexes([index])
