"""Correct records as granted appeals say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from servicekit.events import Fact
from servicekit.storage.work import Work

from service_tracking.domain.appeal import GrantedAppeal
from service_tracking.domain.record import ServiceRecord
from service_tracking.storage.collections import RECORDS
from service_tracking.storage.registrations import hold_members
from service_tracking.use_cases.grant_wishes import grant_wishes
from service_tracking.use_cases.reopen_wishes import reopen_wishes
from service_tracking.use_cases.rulings import Rulings, counted, rulings_on

log = structlog.get_logger()


async def settle_appeals(work: Work, appeals: Mapping[str, tuple[GrantedAppeal, Fact[Any]]]) -> None:
    """`appeals` by id, each with the fact that told it. One that was settled before changes nothing."""
    records = await work.load(ServiceRecord, RECORDS, [appeal.record_id for appeal, _ in appeals.values()])
    rulings = await rulings_on(work, records.values())
    if rulings.policies.cap_days():
        # A submission or correction of the same member must not find the day as it was before.
        await hold_members(work, [record.member_id for record in records.values()])
    for appeal, fact in appeals.values():
        record = records.get(appeal.record_id)
        if record is None:
            log.warning("appeal.of_no_record", appeal_id=appeal.appeal_id, record_id=appeal.record_id)
        elif _settle(record, appeal, rulings, work.now):
            work.save(RECORDS, record, cause=fact)
    await grant_wishes(work, records.values())
    await reopen_wishes(work, records.values())


def _settle(record: ServiceRecord, appeal: GrantedAppeal, rulings: Rulings, now: datetime) -> bool:
    before, already = counted(record), rulings.already(record)
    new = record.settle_appeal(appeal, now=now, policies=rulings.policies, already=already)
    rulings.change(record, counted(record) - before)
    return new
