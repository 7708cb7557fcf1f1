"""Reject service records."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.storage.collections import RECORDS
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class RejectRecord:
    record_id: str
    reason: str


async def reject_records(work: Work, by: Person, commands: Sequence[RejectRecord]) -> list[ServiceRecord | Refusal]:
    """One outcome a command. Refused with NotFound, RecordDecided, OwnRecord, InvalidInput."""
    records = await work.load(ServiceRecord, RECORDS, [command.record_id for command in commands])

    def reject(command: RejectRecord) -> ServiceRecord:
        record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
        record.reject(by=by, reason=command.reason, now=work.now)
        work.save(RECORDS, record)
        return record

    return each(commands, reject)
