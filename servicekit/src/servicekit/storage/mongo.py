"""The MongoDB client and how Python values become BSON.

Dates are kept as ISO text (`2017-03-05`: they sort, and carry no time zone), decimals as Decimal128, enums by value.
"""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, TypeGuard

from bson import Decimal128
from bson.codec_options import CodecOptions, TypeDecoder, TypeRegistry
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from servicekit.storage.tracing import MongoSpans
from servicekit.telemetry.tracing import collected

Document = dict[str, Any]
Database = AsyncDatabase[Document]


class _DecimalDecoder(TypeDecoder):
    bson_type = Decimal128

    def transform_bson(self, value: Decimal128) -> Decimal:
        return value.to_decimal()


def _encode(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return value


CODEC: CodecOptions[Document] = CodecOptions(
    tz_aware=True, type_registry=TypeRegistry([_DecimalDecoder()], fallback_encoder=_encode)
)


def fits_int64(value: object) -> TypeGuard[int]:
    """Whether it is a whole number that can be stored or looked for."""
    return isinstance(value, int) and -(2**63) <= value < 2**63


# A server that hangs must not hang us: no operation of ours takes this long.
_LIMITS = {
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 60_000,
    # A primary that hangs is noticed after this and the time to connect; by default that is 15 s.
    "heartbeatFrequencyMS": 3_000,
}


def connect(uri: str, **options: Any) -> AsyncMongoClient[Document]:
    """A client for `uri`. Opens connections lazily; close it when done."""
    listeners = [MongoSpans()] if collected() else []
    return AsyncMongoClient(uri, **{**_LIMITS, "event_listeners": listeners, **options})


class NoTransactionsError(Exception):
    """A server that stands alone has no transactions, and without them nothing here may be written."""

    def __init__(self) -> None:
        super().__init__("this MongoDB is no replica set, so it has no transactions")


async def require_transactions(database: Database) -> None:
    """Raises NoTransactionsError. A replica set that isn't initiated yet will have them."""
    if not has_transactions(await database.client.admin.command("hello")):
        raise NoTransactionsError


def has_transactions(hello: Document) -> bool:
    """By a server's answer to `hello`: a member of a replica set, or mongos."""
    return "setName" in hello or "isreplicaset" in hello or hello.get("msg") == "isdbgrid"


def open_database(client: AsyncMongoClient[Document], name: str) -> Database:
    """The database `name`. Writes are acknowledged by the majority, which is the server's default."""
    return client.get_database(name, codec_options=CODEC)
