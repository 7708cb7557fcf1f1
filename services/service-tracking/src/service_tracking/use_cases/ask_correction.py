"""Ask for the correction of a decided record."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from servicekit.storage.work import Work

from service_tracking.domain.correction import Told
from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.service import Vanguard
from service_tracking.storage.collections import RECORDS
from service_tracking.use_cases.rows import found


@dataclass(frozen=True, slots=True)
class AskCorrection:
    """What is None stays as it is."""

    record_id: str
    reason: str
    served_on: date | None = None
    hours: Decimal | None = None
    vanguard: Vanguard | None = None


async def ask_correction(work: Work, by: Person, command: AskCorrection) -> ServiceRecord:
    """Raises NotFound, StepNotPossible, InvalidInput."""
    records = await work.load(ServiceRecord, RECORDS, [command.record_id])
    record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
    after = Told(
        served_on=command.served_on or record.served_on,
        hours=record.hours if command.hours is None else command.hours,
        vanguard=command.vanguard or record.vanguard,
    )
    record.ask_correction(after, reason=command.reason, by=by, now=work.now)
    work.save(RECORDS, record)
    return record
