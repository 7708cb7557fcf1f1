"""The books are proven while they are kept: a lane at a time, without holding its facts, and shown by a gauge."""

import gc

import pytest
from evaluation.domain.contributions import EVERY_LANE
from evaluation.domain.facts import Fact
from evaluation.storage import drifts
from evaluation.storage.collections import CELLS
from evaluation.use_cases import verify
from evaluation.use_cases.keep_facts import keep_facts
from evaluation.use_cases.prove import DRIFT, observe_drifts, prove_next_lane
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from tests.evaluation.facts import COMMUNITY, OTHER_COMMUNITY, service

# What counts only of all lanes together is proven in its turn, too.
LANES = (EVERY_LANE, "350802", "350803")


def shown() -> dict[str, float]:
    (family,) = DRIFT.collect()
    return {sample.labels["lane"]: sample.value for sample in family.samples}


@pytest.fixture
async def two_lanes(commands: Commands) -> None:
    DRIFT.clear()
    await commands.run(keep_facts, [service("s1", "m1", COMMUNITY), service("s2", "m1", OTHER_COMMUNITY)])


async def test_each_run_proves_the_lane_whose_last_proof_is_the_oldest(
    database: Database, commands: Commands, two_lanes: None
) -> None:
    proven = []
    for _ in LANES:
        await prove_next_lane(commands)
        proven.append(sorted(await drifts.by_lane(database)))

    assert proven == [[*LANES[:1]], [*LANES[:2]], [*LANES]]
    assert await drifts.longest_unproven(database, [*LANES]) == EVERY_LANE


async def test_a_drift_is_shown_by_every_worker_until_it_is_mended(
    database: Database, commands: Commands, two_lanes: None
) -> None:
    await database[CELLS].update_many({"lane": "350802"}, {"$inc": {"counts.hours": 5}})
    for _ in LANES:
        await prove_next_lane(commands)
    await observe_drifts(commands)
    assert shown() == {EVERY_LANE: 0, "350802": 3, "350803": 0}

    await database[CELLS].update_many({"lane": "350802"}, {"$inc": {"counts.hours": -5}})
    for _ in LANES:
        await prove_next_lane(commands)
    await observe_drifts(commands)

    assert shown() == {EVERY_LANE: 0, "350802": 0, "350803": 0}


async def test_before_any_fact_there_is_nothing_to_prove(database: Database, commands: Commands) -> None:
    await prove_next_lane(commands)

    assert await drifts.by_lane(database) == {}


async def test_a_proof_tells_how_far_it_is_and_holds_no_facts(
    database: Database, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    await commands.run(keep_facts, [service(f"s{number}", f"m{number % 7}") for number in range(250)])
    monkeypatch.setattr(verify, "TOLD_EVERY", 100)
    gc.collect()
    told: list[int] = []
    alive: list[int] = []

    def tell(_lane: str, facts: int) -> None:
        told.append(facts)
        alive.append(sum(isinstance(one, Fact) for one in gc.get_objects()))

    report = await verify.verify_lane(database, "350802", tell)

    assert (report.facts, report.drifts) == (250, [])
    assert told == [100, 100, 50]
    assert max(alive) - min(alive) < 10
    assert max(alive) < 100
