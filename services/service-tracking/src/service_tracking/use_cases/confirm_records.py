"""Confirm service records."""

from collections.abc import Sequence
from dataclasses import dataclass

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.storage.collections import RECORDS
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class ConfirmRecord:
    record_id: str
    method: ConfirmationMethod
    note: str | None = None


async def confirm_records(work: Work, by: Person, commands: Sequence[ConfirmRecord]) -> list[ServiceRecord | Refusal]:
    """One outcome a command. Refused with NotFound, RecordDecided, OwnRecord, SecondPersonRequired."""
    records = await work.load(ServiceRecord, RECORDS, [command.record_id for command in commands])

    def confirm(command: ConfirmRecord) -> ServiceRecord:
        record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
        record.confirm(by=by, method=command.method, note=command.note, now=work.now)
        work.save(RECORDS, record)
        return record

    return each(commands, confirm)
