"""What policies have to say about records that are to be confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from servicekit.storage.work import Work

from service_tracking.domain.policy import Policies
from service_tracking.domain.record import RecordStatus, ServiceRecord
from service_tracking.storage.policies import Day, hours_of_days, policies_over


@dataclass(frozen=True, slots=True)
class Rulings:
    policies: Policies
    days: dict[Day, Decimal]

    def already(self, record: ServiceRecord) -> Decimal:
        """The member's other hours of that day; 0 where no policy caps days."""
        return max(Decimal(0), self.days.get(_day(record), Decimal(0)) - counted(record))

    def change(self, record: ServiceRecord, by: Decimal) -> None:
        """So much more of the record counts from now on, for those of the same batch that come after it."""
        self.days[_day(record)] = self.days.get(_day(record), Decimal(0)) + by


def counted(record: ServiceRecord) -> Decimal:
    """The hours that count or wait."""
    return Decimal(0) if record.status is RecordStatus.REJECTED else record.hours


def _day(record: ServiceRecord) -> Day:
    return record.member_id, record.served_on


async def rulings_on(work: Work, records: Iterable[ServiceRecord]) -> Rulings:
    asked = list(records)
    policies = await policies_over(work.database, {place for record in asked for place in record.communities})
    if not policies.cap_days():
        return Rulings(policies, {})
    return Rulings(policies, await hours_of_days(work, [(record.member_id, record.served_on) for record in asked]))
