"""Events for tests, and having them consumed as the bus would."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from evaluation.messages.consumed import CONSUMED
from evaluation.storage import archive
from servicekit.bus.apply import Subscriptions, apply_events
from servicekit.bus.messages import Delivery
from servicekit.domain import new_id
from servicekit.events import Event
from servicekit.storage.commands import Commands

SUBSCRIPTIONS = Subscriptions(CONSUMED)


def record(
    subject: str,
    version: int,
    status: str,
    lane: str = "350802",
    *,
    member: str = "",
    on: str = "2017-03-05",
    decided_by: str | None = None,
    corrected_by: str | None = None,
) -> Event:
    data = {
        "member_id": member or f"m{int(subject) % 3}",
        "unit_id": "u1",
        "community": f"{lane}001001",
        "served_on": on,
        "hours": "1.5",
        "vanguard": "MEDIATION",
        "status": status,
        "decided_by": decided_by,
        "corrected_by": corrected_by,
        "unknown_here": "kept all the same",
    }
    return event("service-tracking", f"record-{status.lower()}", subject, version, lane, data)


def division(code: str, name: str, level: str, version: int = 1) -> Event:
    data = {"code": code, "name": name, "level": level}
    return event("registration", "division-imported", code, version, code[:6], data)


def registered(member: str, lane: str = "350802", status: str = "COMPLETED") -> Event:
    data = {
        "member_id": member,
        "unit_id": "u1",
        "community": f"{lane}001001",
        "status": status,
        "submitted_on": "2016-01-02",
        "completed_on": "2016-01-05",
    }
    return event("registration", "registration-completed", f"r-{member}", 1, lane, data)


def event(source: str, fact: str, subject: str, version: int, lane: str, data: dict[str, Any]) -> Event:
    now = datetime.now(UTC)
    return Event(new_id(), source, fact, 1, subject, lane, version, now, data, "c1", None, None)


async def consume(commands: Commands, events: Sequence[Event]) -> None:
    received = [SUBSCRIPTIONS.read(Delivery(1, one.id, one.encode(), {})) for one in events]
    await commands.run(apply_events, received, archive.append)
