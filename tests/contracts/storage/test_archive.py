"""A service may keep every event that it consumes, in the transaction of its effects."""

from collections.abc import Sequence

import pytest
from servicekit.bus.apply import Subscriptions, apply_events
from servicekit.bus.messages import Delivery
from servicekit.events import Event
from servicekit.storage.work import Work

from tests.contracts.toy import ACTOR, TAKER, Toy, event


async def _keep(work: Work, events: Sequence[Event]) -> None:
    await work.collection("archive").insert_many([{"_id": one.id, "fact": one.fact} for one in events])


async def _apply(toy: Toy, *events: Event) -> int:
    subscriptions = Subscriptions(toy.consumed)
    received = [subscriptions.read(Delivery(1, one.id, one.encode(), {})) for one in events]
    return await toy.commands(TAKER).run_as(ACTOR, apply_events, received, _keep)


async def _archived(toy: Toy) -> set[str]:
    return {row["_id"] async for row in toy.database["archive"].find()}


async def test_every_new_event_is_archived_once(toy: Toy) -> None:
    one, newer = event("a"), event("a", version=2)

    await _apply(toy, one, newer, one)
    await _apply(toy, newer)

    assert await _archived(toy) == {one.id, newer.id}


async def test_when_the_effects_fail_nothing_is_archived(toy: Toy) -> None:
    toy.copies.poisonous.add("a")

    with pytest.raises(ValueError, match="can't be applied"):
        await _apply(toy, event("a"))

    assert await _archived(toy) == set()
