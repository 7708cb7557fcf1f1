"""The kept agreements: which unit is bound to which community, and when."""

from collections.abc import Iterable
from datetime import date

from servicekit.storage.mongo import Document
from servicekit.storage.work import Work

from service_tracking.domain.agreement import Agreement
from service_tracking.storage.collections import AGREEMENTS

Pair = tuple[str, str]


async def agreements_between(work: Work, pairs: Iterable[Pair]) -> dict[Pair, list[Agreement]]:
    """All that were ever heard of, by (unit id, community code)."""
    asked = set(pairs)
    kept: dict[Pair, list[Agreement]] = {pair: [] for pair in asked}
    if not asked:
        return kept
    units, communities = ([pair[end] for pair in asked] for end in (0, 1))
    found = work.collection(AGREEMENTS).find({"unit_id": {"$in": units}, "community": {"$in": communities}})
    async for document in found:
        agreement = _agreement(document)
        if (pair := (agreement.unit_id, agreement.community)) in kept:
            kept[pair].append(agreement)
    return kept


def in_force(agreements: Iterable[Agreement], day: date) -> Agreement | None:
    """One that binds on this day."""
    return next((agreement for agreement in agreements if agreement.covers(day)), None)


def _agreement(document: Document) -> Agreement:
    ends_on = document["ends_on"]
    return Agreement(
        document["_id"],
        document["unit_id"],
        document["community"],
        date.fromisoformat(document["starts_on"]),
        date.fromisoformat(ends_on) if ends_on else None,
    )
