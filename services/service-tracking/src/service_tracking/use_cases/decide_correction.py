"""Decide about the correction that somebody else asked for."""

from dataclasses import dataclass
from decimal import Decimal

from servicekit.storage.work import Work

from service_tracking.domain.person import Person
from service_tracking.domain.policy import Policies
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.storage.collections import RECORDS
from service_tracking.storage.policies import hours_of_days, policies_over
from service_tracking.storage.registrations import hold_members
from service_tracking.use_cases.grant_wishes import grant_wishes
from service_tracking.use_cases.rows import found


@dataclass(frozen=True, slots=True)
class DecideCorrection:
    record_id: str
    approve: bool
    note: str = ""


async def decide_correction(work: Work, by: Person, command: DecideCorrection) -> ServiceRecord:
    """Raises NotFound, StepNotPossible, OwnRecord, SecondPersonRequired, InvalidInput, HoursOverCap,
    OutsideWindow.
    """
    records = await work.load(ServiceRecord, RECORDS, [command.record_id])
    record = found(records, command.record_id, path="record_id", what_zh="服务记录", what_en="service record")
    policies = await policies_over(work.database, record.communities)
    already = await _other_hours(work, record, policies)
    record.decide_correction(
        approve=command.approve, by=by, note=command.note, now=work.now, policies=policies, already=already
    )
    work.save(RECORDS, record)
    await grant_wishes(work, [record])
    return record


async def _other_hours(work: Work, record: ServiceRecord, policies: Policies) -> Decimal:
    """What the member's other records have on the corrected day, where a policy caps days."""
    correction = record.pending_correction
    if correction is None or not policies.cap_days():
        return Decimal(0)
    # A submission or correction of the same member must not find the day as it was before.
    await hold_members(work, [record.member_id])
    day = (record.member_id, correction.after.served_on)
    counted = record.served_on == day[1] and record.status is not RecordStatus.REJECTED
    return (await hours_of_days(work, [day])).get(day, Decimal(0)) - (record.hours if counted else 0)
