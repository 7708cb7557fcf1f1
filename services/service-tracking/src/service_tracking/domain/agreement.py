"""What this service keeps of an agreement between a unit and a community, heard from the registration service."""

from dataclasses import dataclass
from datetime import date

from service_tracking.domain.refusals import NoAgreement


@dataclass(frozen=True, slots=True)
class Agreement:
    """Both ends of the term are included; `ends_on` is the day on which it really ended, if it did."""

    agreement_id: str
    unit_id: str
    community: str
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def check_covered(
    agreement: Agreement | None, unit_id: str, community: str, day: date, *, path: str = "unit_id"
) -> Agreement:
    """The agreement, if it binds this unit and community on that day. Raises NoAgreement."""
    if agreement is None or not agreement.covers(day):
        raise NoAgreement(path=path, unit_id=unit_id, community_code=community, on=day)
    return agreement
