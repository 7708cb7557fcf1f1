"""Prove the books a lane at a time while they are kept, and show what drifted."""

import structlog
from prometheus_client import Gauge
from servicekit.storage.commands import Commands

from evaluation.storage import drifts
from evaluation.use_cases.verify import proven_apart, verify_lane

DRIFT = Gauge("huijia_ledger_drift", "Cells and standings that the last proof of the lane found drifted", ["lane"])

log: structlog.stdlib.BoundLogger = structlog.get_logger()


async def prove_next_lane(commands: Commands) -> None:
    """The lane whose last proof is the oldest; two workers at once do the same work twice, no harm."""
    database = commands.database
    lane = await drifts.longest_unproven(database, await proven_apart(database))
    if lane is None:
        return
    report = await verify_lane(database, lane)
    await drifts.note(database, lane, report.drifting)
    if report.drifting:
        log.error(
            "ledger.drifted",
            lane=lane,
            facts=report.facts,
            drifting=report.drifting,
            next="python -m evaluation verify",
        )


async def observe_drifts(commands: Commands) -> None:
    for lane, drifting in (await drifts.by_lane(commands.database)).items():
        DRIFT.labels(lane).set(drifting)
