"""Entries of the audit trail: what one unit of work changed in one lane, stored by the transaction that changed it.

An entry is never changed but for `block`: 0 until the sealer linked it, then the block of the chain that has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from pymongo import IndexModel

from servicekit.domain.aggregate import Aggregate
from servicekit.domain.ids import new_id

AUDIT = "audit"
OPEN = 0
MOST_CHANGES = 100
# Longer values are told by their digest: the trail must not grow with the documents.
LONGEST_VALUE_BYTES = 1_000

INDEXES = [
    IndexModel([("block", 1), ("_id", 1)], name="open", partialFilterExpression={"block": OPEN}),
    IndexModel([("lane", 1), ("_id", 1)], name="lane"),
    IndexModel([("changes.subject", 1), ("_id", 1)], name="subject"),
    IndexModel([("actor", 1), ("_id", 1)], name="actor"),
]
_UNTOLD = {"id", "_id", "lane", "version"}
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


class Trail(NamedTuple):
    """Whose change it was: where it belongs, the request that led to it, and the event that caused it, if one did."""

    lane: str
    correlation_id: str
    cause: str | None


def entries(
    changes: Mapping[Trail, Sequence[dict[str, Any]]], *, at: datetime, actor: str, operation: str
) -> list[dict[str, Any]]:
    """The entries of one unit of work; each has at most 100 changes."""
    return [
        {
            "_id": new_id(),
            "at": at,
            "actor": actor,
            "operation": operation,
            **trail._asdict(),
            "changes": some,
            "block": OPEN,
        }
        for trail, made in changes.items()
        for some in _parts(made)
    ]


def change(
    collection: str, aggregate: Aggregate, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> dict[str, Any]:
    """What differs between the stored document `before` (None: it is new) and `after`."""
    return {
        "collection": collection,
        "subject": aggregate.id,
        "version": aggregate.version,
        "fields": list(_fields(before or {}, after, type(aggregate).PERSONAL)),
    }


def as_text(value: Any) -> str:
    """A value as JSON with sorted keys: equal for what was stored and for what is about to be."""
    return orjson.dumps(value, default=_plain, option=_OPTIONS).decode()


def _parts(made: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    return (made[start : start + MOST_CHANGES] for start in range(0, len(made), MOST_CHANGES))


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any], personal: frozenset[str]
) -> Iterable[dict[str, str | None]]:
    """The fields that differ, with JSON of their values; of personal data only that it changed."""
    for field in [*after, *(one for one in before if one not in after)]:
        old, new = before.get(field), after.get(field)
        if field in _UNTOLD or old == new:
            continue
        texts = (None if old is None else as_text(old), None if new is None else as_text(new))
        if texts[0] == texts[1]:
            continue
        shown = (None, None) if field in personal else (_cut(texts[0]), _cut(texts[1]))
        yield {"field": field, "before": shown[0], "after": shown[1]}


def _cut(text: str | None) -> str | None:
    if text is None or len(raw := text.encode()) <= LONGEST_VALUE_BYTES:
        return text
    return as_text({"bytes": len(raw), "sha256": sha256(raw).hexdigest()})


def _plain(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
