"""Flags: what about a record deserves a second look. They stop nothing and are never stored."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

# More services of one member on one day than this are unusual.
USUAL_A_DAY = 4


class Flag(StrEnum):
    """OVERLAP needs both beginnings; back to back is no overlap. ABSENT: the place says that the member did not come to
    the activity (NO_SHOW, EXCUSED).
    """

    OVERLAP = "OVERLAP"
    VELOCITY = "VELOCITY"
    DUPLICATE = "DUPLICATE"
    ABSENT = "ABSENT"


@dataclass(frozen=True, slots=True)
class Served:
    """What of a record the flags are about."""

    record_id: str
    member_id: str
    community: str
    activity: str
    served_on: date
    hours: Decimal
    started_at: datetime | None
    claim_id: str | None = None

    def overlaps(self, other: "Served") -> bool:
        if self.started_at is None or other.started_at is None:
            return False
        return self.started_at < _end(other, other.started_at) and other.started_at < _end(self, self.started_at)

    def repeats(self, other: "Served") -> bool:
        return _what(self) == _what(other)


def flags(one: Served, served: Iterable[Served], missed: Collection[str] = ()) -> list[Flag]:
    """Of `one`, among what members served that counts or waits (itself may be among them).

    `missed`: the claims on activities to which their members did not come.
    """
    others = [other for other in served if other.member_id == one.member_id and other.record_id != one.record_id]
    found = {
        Flag.OVERLAP: any(one.overlaps(other) for other in others),
        Flag.VELOCITY: sum(other.served_on == one.served_on for other in others) >= USUAL_A_DAY,
        Flag.DUPLICATE: any(one.repeats(other) for other in others),
        Flag.ABSENT: one.claim_id in missed,
    }
    return [flag for flag, holds in found.items() if holds]


def _end(served: Served, started_at: datetime) -> datetime:
    return started_at + timedelta(minutes=int(served.hours * 60))


def _what(served: Served) -> tuple[date, str, str]:
    return served.served_on, served.community, "".join(served.activity.casefold().split())
