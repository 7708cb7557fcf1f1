"""What policies have to say about records that are to be confirmed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from servicekit.storage.work import Work

from service_tracking.domain.policy import Policies
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.storage.policies import Day, hours_of_days, policies_over


@dataclass(frozen=True, slots=True)
class Rulings:
    policies: Policies
    days: Mapping[Day, Decimal]

    def already(self, record: ServiceRecord) -> Decimal:
        """The member's other hours of that day; 0 where no policy caps days."""
        day = (record.member_id, record.served_on)
        own = Decimal(0) if record.status is RecordStatus.REJECTED else record.hours
        return max(Decimal(0), self.days.get(day, Decimal(0)) - own)


async def rulings_on(work: Work, records: Iterable[ServiceRecord]) -> Rulings:
    asked = list(records)
    policies = await policies_over(work.database, {place for record in asked for place in record.communities})
    if not policies.cap_days():
        return Rulings(policies, {})
    return Rulings(policies, await hours_of_days(work, [(record.member_id, record.served_on) for record in asked]))
