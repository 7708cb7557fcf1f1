"""Confirm service records."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from servicekit.domain import Refusal
from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.record import ConfirmationMethod, ServiceRecord
from service_tracking.storage.collections import RECORDS
from service_tracking.storage.policies import Day, hours_of_days, policies_over
from service_tracking.use_cases.rows import each, found


@dataclass(frozen=True, slots=True)
class ConfirmRecord:
    record_id: str
    method: ConfirmationMethod
    note: str | None = None


async def confirm_records(work: Work, by: Person, commands: Sequence[ConfirmRecord]) -> list[ServiceRecord | Refusal]:
    """One outcome a command. Refused with NotFound, RecordDecided, OwnRecord, SecondPersonRequired.

    Where a policy bears on the backlog, also with InvalidInput, HoursOverCap, OutsideWindow.
    """
    records = await work.load(ServiceRecord, RECORDS, [command.record_id for command in commands])
    policies = await policies_over(work.database, {record.community for record in records.values()})
    days = await _days(work, records.values()) if policies.cap_days() else {}

    def confirm(command: ConfirmRecord) -> ServiceRecord:
        record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
        already = max(Decimal(0), days.get((record.member_id, record.served_on), Decimal(0)) - record.hours)
        record.confirm(
            by=by, method=command.method, note=command.note, now=work.now, policies=policies, already=already
        )
        work.save(RECORDS, record)
        return record

    return each(commands, confirm)


async def _days(work: Work, records: Iterable[ServiceRecord]) -> dict[Day, Decimal]:
    return await hours_of_days(work, [(record.member_id, record.served_on) for record in records])
