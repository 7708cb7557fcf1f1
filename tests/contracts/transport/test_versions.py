"""A rolling upgrade: consumers of the old and the new schema number side by side. Nothing is guessed or lost."""

from typing import Any

from pydantic import BaseModel
from servicekit.bus.apply import Consumes
from servicekit.bus.consumer import Consumer

from tests.contracts.toy import LANES, MAKER, TAKER, Toy, event, running
from tests.support.waiting import eventually


class InCents(BaseModel):
    """The snapshot as of schema 2."""

    cents: int

    @property
    def balance(self) -> int:
        return self.cents // 100


def new_consumer(toy: Toy) -> Consumer:
    """Reads schema 2, and 1 for as long as such events may come."""
    consumed: list[Consumes[Any]] = [
        Consumes(
            MAKER,
            ("account-opened", "account-changed"),
            InCents,
            toy.copies.keep,  # type: ignore[arg-type]
            version=2,
            upgrades={1: lambda data: {"cents": data["balance"] * 100}},
        )
    ]
    return Consumer(TAKER, toy.commands(TAKER), toy.broker, toy.topology, consumed, LANES)


async def test_the_new_one_reads_both_and_the_old_one_keeps_what_it_does_not_know_for_it(toy: Toy) -> None:
    old, new = event("a", balance=7), event("b", schema=2, data={"cents": 900})
    async with running(toy.consumer()):
        await toy.send(old, new)
        async with running(new_consumer(toy)):
            [letter] = await eventually(toy.dead_letters.list)
        assert set(await toy.kept()) == {"a"}
    assert "unknown version" in letter.cause

    async with running(new_consumer(toy)):
        await eventually(toy.dead_letters.replay)
        await toy.send(event("c", balance=5))
        await eventually(lambda: _has_kept(toy, 3))

    assert {id: copy["balance"] for id, copy in (await toy.kept()).items()} == {"a": 7, "b": 9, "c": 5}


async def test_what_does_not_fit_the_upgrade_is_buried_and_blocks_nobody(toy: Toy) -> None:
    async with running(new_consumer(toy)):
        await toy.send(event("a", data={}), event("b", balance=1))

        [letter] = await eventually(toy.dead_letters.list)
        await eventually(lambda: _has_kept(toy, 1))

    assert "can't be upgraded" in letter.cause


async def _has_kept(toy: Toy, count: int) -> bool:
    return len(await toy.kept()) == count
