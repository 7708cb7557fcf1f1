"""The storage half of G3 and G4: effects happen once, and never go back to an older version."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.bus.apply import Received, Subscriptions, apply_events
from servicekit.bus.messages import Delivery
from servicekit.events import Event
from servicekit.storage.work import Work

from tests.contracts.toy import ACTOR, TAKER, Toy, event


def _received(toy: Toy, events: Sequence[Event]) -> list[Received]:
    subscriptions = Subscriptions(toy.consumed)
    return [subscriptions.read(Delivery(1, one.id, one.encode(), {})) for one in events]


async def _apply(toy: Toy, *events: Event) -> int:
    return await toy.commands(TAKER).run_as(ACTOR, apply_events, _received(toy, events))


async def test_when_a_duplicate_event_arrives_its_effect_happens_once(toy: Toy) -> None:
    one = event("a")

    counts = [await _apply(toy, one), await _apply(toy, one)]

    assert counts == [1, 0]
    assert [note["event"] for note in await toy.applied()] == [one.id]


async def test_when_duplicates_arrive_in_one_batch_the_effect_happens_once(toy: Toy) -> None:
    one, other = event("a"), event("b")

    new = await _apply(toy, one, other, one, one)

    assert new == 2
    assert sorted(note["event"] for note in await toy.applied()) == sorted([one.id, other.id])


async def test_when_two_consumers_apply_the_same_event_at_once_its_effect_happens_once(toy: Toy) -> None:
    one = event("a")

    counts = await asyncio.gather(*(_apply(toy, one) for _ in range(5)))

    assert sorted(counts) == [0, 0, 0, 0, 1]
    assert len(await toy.applied()) == 1


async def test_when_the_effects_fail_the_event_counts_as_new_again(toy: Toy) -> None:
    one = event("a")
    toy.copies.poisonous.add("a")
    with pytest.raises(ValueError, match="can't be applied"):
        await _apply(toy, one)
    toy.copies.poisonous.clear()

    new = await _apply(toy, one)

    assert new == 1
    assert len(await toy.applied()) == 1


async def test_when_an_older_version_comes_later_it_overwrites_nothing(toy: Toy) -> None:
    await _apply(toy, event("a", 3, balance=30))

    await _apply(toy, event("a", 2, balance=20))

    assert (await toy.kept())["a"] == {"_id": "a", "version": 3, "balance": 30}


async def test_when_versions_come_in_one_batch_out_of_order_the_newest_is_kept(toy: Toy) -> None:
    await _apply(toy, event("a", 2, balance=20), event("a", 3, balance=30), event("a", 1, balance=10))

    assert (await toy.kept())["a"] == {"_id": "a", "version": 3, "balance": 30}


async def test_keep_newest_answers_the_pairs_that_it_really_replaced(toy: Toy) -> None:
    await toy.database["copies"].insert_many([{"_id": "kept", "version": 5}, {"_id": "old", "version": 1}])

    async def keep(work: Work) -> list[tuple[object, dict[str, object]]]:
        documents = [{"_id": "kept", "version": 5}, {"_id": "old", "version": 2}, {"_id": "new", "version": 1}]
        return list(await work.keep_newest("copies", documents))

    pairs = await toy.commands(TAKER).run_as(ACTOR, keep)

    assert pairs == [({"_id": "old", "version": 1}, {"_id": "old", "version": 2}), (None, {"_id": "new", "version": 1})]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations([(subject, version) for subject in "ab" for version in range(1, 5)]),
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=8),
    repeat=st.booleans(),
)
async def test_in_any_order_and_any_batches_the_newest_version_remains(
    toy: Toy, order: list[tuple[str, int]], sizes: list[int], repeat: bool
) -> None:
    for name in ("copies", "applied", "inbox"):
        await toy.database[name].delete_many({})
    left = [event(subject, version, balance=version) for subject, version in order]
    left += left if repeat else []

    for size in [*sizes, len(left)]:
        batch, left = left[:size], left[size:]
        if batch:
            await _apply(toy, *batch)

    assert {subject: copy["balance"] for subject, copy in (await toy.kept()).items()} == {"a": 4, "b": 4}
    notes = [note["event"] for note in await toy.applied()]
    assert len(notes) == len(set(notes))


async def test_inbox_keys_are_kept_for_seven_days_or_longer(toy: Toy) -> None:
    indexes = await toy.database["inbox"].index_information()

    assert indexes["expire"]["key"] == [("at", 1)]
    assert indexes["expire"]["expireAfterSeconds"] >= 7 * 24 * 3600
