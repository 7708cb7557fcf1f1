"""Things known by their sender's own reference, so that sending twice stores once."""

from collections.abc import Iterable
from typing import TypeVar

from servicekit.domain import Aggregate
from servicekit.storage.work import Work, restore

A = TypeVar("A", bound=Aggregate)


async def sent_before(
    work: Work, kind: type[A], collection: str, sender_field: str, references: Iterable[str | None]
) -> dict[str, A]:
    """What the actor sent under these references, by reference."""
    asked = [reference for reference in references if reference is not None]
    if not asked:
        return {}
    found = work.collection(collection).find({sender_field: work.actor.subject, "reference": {"$in": asked}})
    return {document["reference"]: restore(kind, document) async for document in found}
