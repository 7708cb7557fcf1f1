"""Prove the books a lane at a time while they are kept, and show what drifted and whether they are of this version."""

import structlog
from prometheus_client import Gauge
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database

from evaluation.domain.books import RULES
from evaluation.storage import drifts, rules
from evaluation.use_cases.verify import proven_apart, verify_lane

DRIFT = Gauge("huijia_ledger_drift", "Cells and standings that the last proof of the lane found drifted", ["lane"])
OUTDATED = Gauge("huijia_books_outdated", "1 while the books are counted by another version's rules than this one's")

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


async def outdated(database: Database) -> str:
    """What has to be done before this version may count and answer, or nothing."""
    version = await rules.counted_by(database)
    OUTDATED.set(version != RULES)
    if version == RULES:
        return ""
    return (
        f"the books are counted by rules {version}, this version counts by rules {RULES}: "
        "stop the workers of the other version, then run `python -m evaluation rebuild`"
    )
