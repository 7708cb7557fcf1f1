"""What Python values become in MongoDB, and back; collections and indexes made at start-up."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, StrEnum

from pymongo import IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import CODEC, connect, open_database

from tests.support.servers import Document


class Colour(Enum):
    RED = "red"


class Status(StrEnum):
    OPEN = "OPEN"


async def test_dates_decimals_enums_and_sets_are_kept_in_a_form_that_sorts(database: AsyncDatabase[Document]) -> None:
    things = database.with_options(codec_options=CODEC)["things"]
    await things.insert_one(
        {
            "_id": 1,
            "day": date(2017, 3, 5),
            "hours": Decimal("2.50"),
            "colour": Colour.RED,
            "status": Status.OPEN,
            "tags": {"b", "a"},
            "at": datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC),
        }
    )

    assert await things.find_one() == {
        "_id": 1,
        "day": "2017-03-05",
        "hours": Decimal("2.50"),
        "colour": "red",
        "status": "OPEN",
        "tags": ["a", "b"],
        "at": datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC),
    }


async def test_many_replicas_may_make_the_same_collections_and_indexes_at_once(
    mongodb_uri: str, database: AsyncDatabase[Document]
) -> None:
    client = connect(mongodb_uri)
    own = open_database(client, database.name)
    collections = {"empty": [], "things": [IndexModel([("code", 1)], name="code", unique=True)]}

    await asyncio.gather(*(ensure_indexes(own, collections) for _ in range(8)))
    await ensure_indexes(own, collections)

    assert {"empty", "things"} <= set(await own.list_collection_names())
    assert (await own["things"].index_information())["code"]["unique"]
    await client.close()
