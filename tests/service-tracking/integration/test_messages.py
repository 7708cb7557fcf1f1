"""What is heard from registration, as it travels, and what is said to others."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from service_tracking.messages.consumed import CONSUMED
from service_tracking.messages.published import PUBLISHED
from service_tracking.storage.collections import REGISTRATIONS
from servicekit.bus.apply import Subscriptions, apply_events
from servicekit.domain import new_id
from servicekit.events import Event, MalformedEvent


@dataclass
class Message:
    body: bytes


def registration(town: Any, member: str, *, fact: str = "registration-completed", schema: int = 1) -> Message:
    event = Event(
        id=new_id(),
        source="registration",
        fact=fact,
        schema=schema,
        subject=f"registration of {member}",
        lane="350802",
        version=3,
        time=datetime.now(UTC),
        data={
            "member_id": member,
            "unit_id": town.unit,
            "community": town.community,
            "status": "COMPLETED",
            "basis": "RESIDENCE",
            "completed_on": "2026-03-01",
        },
        correlation_id="c",
        causation_id=None,
        traceparent=None,
    )
    return Message(event.encode())


async def test_a_registration_heard_twice_is_kept_once_and_lets_the_member_claim(town: Any) -> None:
    member = new_id()
    received = [Subscriptions(CONSUMED).read(registration(town, member))] * 2  # type: ignore[arg-type]

    await town.run(apply_events, received)

    kept = await town.kept(REGISTRATIONS, f"registration of {member}")
    assert (kept["version"], kept["unit_id"], kept["status"]) == (3, town.unit, "COMPLETED")
    assert await town.claim(await town.offer(), member)


async def test_an_unknown_version_of_a_registration_is_no_event_of_ours(town: Any) -> None:
    with pytest.raises(MalformedEvent):
        Subscriptions(CONSUMED).read(registration(town, "m", schema=2))  # type: ignore[arg-type]


async def test_what_is_told_fits_its_published_model_and_holds_no_free_text(town: Any) -> None:
    (member,) = await town.members(1)
    secret = "Visited Mrs Lin of building 3"
    offer = await town.offer(description=secret, auto_approve=True)
    claim = await town.claim(offer, member)
    record = await town.submit(member, content=secret, place=secret, person_in_charge=secret)

    for subject in (offer.id, claim.id, record.id):
        (event,) = await town.told(subject)
        assert set(event.data) == set(PUBLISHED[event.fact].model_fields)
        assert secret not in str(event.data)
        assert (event.lane, event.version) == ("350802", 1)
