"""A backup: all databases of a world as they were at one instant, while everybody goes on working; and the way back.

An archive is a ZIP with one entry a collection, `<database>/<collection>.bson`. Indexes are left out: services make
them. A snapshot can be read for five minutes (the server's default); larger worlds need mongodump (docs/operations.md).
"""

import zipfile
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from servicekit.storage.outbox import OUTBOX

RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
BATCH = 1000


class BackupError(Exception):
    """A backup or restore that would do harm, or can't be done."""


def back_up(uri: str, databases: Sequence[str], archive: Path) -> dict[str, int]:
    """Write the archive, whole or not at all; how many documents each database has in it."""
    draft = archive.with_suffix(".part")
    with MongoClient[RawBSONDocument](uri, document_class=RawBSONDocument) as client:
        collections = [(name, found) for name in databases for found in client[name].list_collection_names()]
        counts = dict.fromkeys(databases, 0)
        with client.start_session(snapshot=True) as snapshot, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for database, collection in collections:
                documents = client[database][collection].find(session=snapshot, batch_size=BATCH)
                with file.open(f"{database}/{collection}.bson", "w", force_zip64=True) as entry:
                    counts[database] += _write(documents, entry)
    draft.replace(archive)
    return counts


def restore(uri: str, archive: Path) -> dict[str, int]:
    """Put an archive into empty databases, and let every event that they sent be sent again.

    What the broker held is lost: consumers take again what they had as duplicates and what they hadn't as new.
    Raises BackupError if there is a document already.
    """
    with MongoClient[dict[str, Any]](uri) as client, zipfile.ZipFile(archive) as file:
        names = [Path(name) for name in file.namelist()]
        _refuse_full(client, {name.parent.name for name in names})
        counts: dict[str, int] = {}
        for name in names:
            target = client[name.parent.name].get_collection(name.stem, codec_options=RAW)
            with file.open(str(name)) as entry:
                documents = decode_file_iter(entry, RAW)
                while batch := list(islice(documents, BATCH)):
                    target.insert_many(batch)
                    counts[name.parent.name] = counts.get(name.parent.name, 0) + len(batch)
        for database in counts:
            client[database][OUTBOX].update_many(
                {"state": "dispatched"}, {"$set": {"state": "pending"}, "$unset": {"dispatched_at": ""}}
            )
        return counts


def _write(documents: Iterable[RawBSONDocument], entry: IO[bytes]) -> int:
    count = 0
    for document in documents:
        entry.write(document.raw)
        count += 1
    return count


def _refuse_full(client: MongoClient[dict[str, Any]], databases: Iterable[str]) -> None:
    for database in databases:
        for collection in client[database].list_collection_names():
            if client[database][collection].find_one() is not None:
                raise BackupError(
                    f"{database}.{collection} has documents. Restore goes into empty databases: "
                    "drop them first, or remove the data folder of mongod while the city is down."
                )
