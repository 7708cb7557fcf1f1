"""G5: a poison event blocks nobody and is never dropped."""

import orjson
import pytest
from servicekit.bus.dead_letters import DeadLetter
from servicekit.domain import new_id
from servicekit.events import Event

from tests.contracts.toy import LANE, TAKER, Toy, event, running
from tests.support.waiting import eventually


async def test_a_poison_event_in_a_batch_does_not_hold_up_the_others(toy: Toy) -> None:
    events = [event(new_id()) for _ in range(20)]
    toy.copies.poisonous.add(events[7].subject)
    await toy.send(*events)

    async with running(toy.consumer()):
        await eventually(lambda: _count(toy, 19), within=30)

    assert events[7].subject not in await toy.kept()


async def test_a_poison_event_goes_through_the_tiers_and_then_dies_with_cause_and_attempts(toy: Toy) -> None:
    poison = event("bad")
    toy.copies.poisonous.add("bad")
    await toy.send(poison)

    async with running(toy.consumer()):
        [letter] = await eventually(toy.dead_letters.list, within=30, every=0.1)

    assert letter.id == poison.id
    assert letter.cause == "ValueError: this one can't be applied"
    assert letter.attempts == 4
    assert letter.lane_queue == toy.topology.lane_queue(TAKER, LANE)
    assert letter.body == poison.encode()
    assert await toy.applied() == []


async def test_an_event_that_fails_for_a_while_is_applied_by_a_later_tier(toy: Toy) -> None:
    late = event("late")
    toy.copies.poisonous.add("late")
    await toy.send(late)

    async with running(toy.consumer()):
        await toy.copies.entered.wait()
        toy.copies.poisonous.clear()
        await eventually(lambda: _count(toy, 1), within=30)

    assert [note["event"] for note in await toy.applied()] == [late.id]
    assert await toy.dead_letters.list() == []


def _changed(**changed: object) -> bytes:
    return orjson.dumps({**orjson.loads(event("bad").encode()), **changed})


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"{ not json", "JSONDecodeError"),
        (b"[1, 2]", "TypeError"),
        (b"\xff\xfe", "JSONDecodeError"),
        (_changed(type="huijia.maker.account-opened.v2"), "unknown version: huijia.maker.account-opened.v2"),
        (_changed(type="com.example.thing"), "no event type of ours"),
        (_changed(specversion="0.3"), "no event type of ours"),
        (_changed(data={"balance": "plenty"}), "data does not fit: balance"),
        (_changed(data=None), "data does not fit"),
        (_changed(version="3"), "version is a positive integer"),
        (_changed(time="2026-01-01T00:00:00"), "time without time zone"),
        (_changed(subject=""), "text expected"),
    ],
)
async def test_a_message_that_no_retry_can_help_is_dead_at_once(toy: Toy, body: bytes, cause: str) -> None:
    await toy.send_raw(body, id="broken")
    await toy.send(event("good"))

    async with running(toy.consumer()):
        await eventually(lambda: _count(toy, 1), within=30)
        [letter] = await eventually(toy.dead_letters.list, within=30, every=0.1)

    assert letter.id == "broken"
    assert letter.cause.startswith("MalformedEvent: ")
    assert cause in letter.cause
    assert letter.attempts == 1
    assert letter.body == body


async def test_dead_letters_are_listed_and_stay(toy: Toy) -> None:
    poison = await _kill(toy, "bad")

    first, again = await toy.dead_letters.list(), await eventually(toy.dead_letters.list, within=30, every=0.1)

    assert [letter.id for letter in first] == [letter.id for letter in again] == [poison.id]


async def test_replayed_dead_letters_are_applied_once(toy: Toy) -> None:
    poison = await _kill(toy, "bad")
    toy.copies.poisonous.clear()

    replayed = await _replay(toy)

    async with running(toy.consumer()):
        await eventually(lambda: _count(toy, 1), within=30)
    assert replayed == 1
    assert [note["event"] for note in await toy.applied()] == [poison.id]
    assert await toy.dead_letters.list() == []


async def test_one_dead_letter_is_replayed_by_its_id_and_the_others_stay(toy: Toy) -> None:
    poisons = [await _kill(toy, subject) for subject in ("bad", "worse", "worst")]
    toy.copies.poisonous.clear()

    replayed = await _replay(toy, poisons[1].id)

    async with running(toy.consumer()):
        await eventually(lambda: _count(toy, 1), within=30)
    left = await eventually(lambda: _listed(toy, poisons[0], poisons[2]), within=30, every=0.1)
    assert replayed == 1
    assert [letter.id for letter in left] == [poisons[0].id, poisons[2].id]
    assert [note["event"] for note in await toy.applied()] == [poisons[1].id]


async def test_a_replayed_letter_that_fails_again_has_all_its_attempts_again(toy: Toy) -> None:
    poison = await _kill(toy, "bad")

    async with running(toy.consumer()):
        replayed = await _replay(toy)
        [letter] = await eventually(toy.dead_letters.list, within=30, every=0.1)

    assert replayed == 1
    assert (letter.id, letter.attempts) == (poison.id, 4)


async def test_a_replay_of_what_dies_again_at_once_ends(toy: Toy) -> None:
    await toy.send_raw(b"never", id="broken")

    async with running(toy.consumer()):
        await eventually(toy.dead_letters.list, within=30, every=0.1)
        replayed = await _replay(toy)
        [letter] = await eventually(toy.dead_letters.list, within=30, every=0.1)

    assert replayed == 1
    assert letter.id == "broken"


async def test_a_dead_letter_whose_lane_is_gone_stays(toy: Toy) -> None:
    await _kill(toy, "bad")
    channel = await toy.broker.channel()
    await channel.queue_delete(toy.topology.lane_queue(TAKER, LANE))
    await channel.close()

    replayed = await toy.dead_letters.replay()

    assert replayed == 0
    assert len(await eventually(toy.dead_letters.list, within=30, every=0.1)) == 1


async def _replay(toy: Toy, *ids: str) -> int:
    """How many were replayed, as soon as there is one."""
    return await eventually(lambda: toy.dead_letters.replay(set(ids) or None), within=30, every=0.1)


async def _kill(toy: Toy, subject: str) -> Event:
    """Have an event about `subject` die."""
    poison = event(subject)
    toy.copies.poisonous.add(subject)
    await toy.send(poison)
    async with running(toy.consumer()):
        await eventually(lambda: _listed(toy, poison), within=30, every=0.1)
    return poison


async def _listed(toy: Toy, *poisons: Event) -> list[DeadLetter]:
    """All dead letters, once these are among them: for a moment after a listing the broker has none to show."""
    letters = await toy.dead_letters.list()
    return letters if {poison.id for poison in poisons} <= {letter.id for letter in letters} else []


async def _count(toy: Toy, count: int) -> bool:
    return await toy.database["applied"].count_documents({}) == count
