"""Collections and their indexes, made at start-up or before by a command."""

from collections.abc import Mapping, Sequence

from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from servicekit.storage.mongo import Database

_NAMESPACE_EXISTS = 48


async def ensure_indexes(database: Database, collections: Mapping[str, Sequence[IndexModel]]) -> None:
    """Make every collection and index that is missing. Safe to run from many replicas at once."""
    existing = set(await database.list_collection_names())
    for name, indexes in collections.items():
        if name not in existing:
            await _create(database, name)
        if indexes:
            await database[name].create_indexes(list(indexes))


async def _create(database: Database, name: str) -> None:
    # A transaction that creates a collection by writing to it conflicts with its twin, so they exist beforehand.
    try:
        await database.create_collection(name)
    except CollectionInvalid:
        pass
    except OperationFailure as failure:
        if failure.code != _NAMESPACE_EXISTS:
            raise


async def unknown_indexes(database: Database, collections: Mapping[str, Sequence[IndexModel]]) -> list[tuple[str, str]]:
    """Collection and name of each index that is there and not in `collections`."""
    return [
        (collection, name)
        for collection, indexes in collections.items()
        for name in await database[collection].index_information()
        if name != "_id_" and name not in {index.document["name"] for index in indexes}
    ]


async def drop(database: Database, indexes: Sequence[tuple[str, str]]) -> None:
    """Drop indexes, each given by its collection and name."""
    for collection, name in indexes:
        await database[collection].drop_index(name)
