"""What was done, by whose account, and for how long."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from servicekit.domain import InvalidInput

from service_tracking.domain.days import day_of

# Hours are exact decimals with at most one digit behind the point, kept as Decimal128: sums in the database stay exact,
# and no border between here and the reader converts a unit.
MOST_HOURS = Decimal(24)
_TENTH = Decimal("0.1")


class Vanguard(StrEnum):
    MODEL_RESIDENT = "MODEL_RESIDENT"
    OPINION_GATHERING = "OPINION_GATHERING"
    POLICY_OUTREACH = "POLICY_OUTREACH"
    MEDIATION = "MEDIATION"
    VOLUNTEERING = "VOLUNTEERING"


class Provenance(StrEnum):
    """SELF_REPORTED by the member (or its unit), CHECKED_IN by the host on the spot, GRANTED by the host afterwards."""

    SELF_REPORTED = "SELF_REPORTED"
    CHECKED_IN = "CHECKED_IN"
    GRANTED = "GRANTED"


@dataclass(frozen=True, slots=True)
class Service:
    """What was done, as its recorder tells it. `hours` is time served, travel excluded."""

    activity: str
    served_on: date
    hours: Decimal
    vanguard: Vanguard
    content: str = ""
    place: str = ""
    person_in_charge: str = ""
    provenance: Provenance = Provenance.SELF_REPORTED
    reference: str | None = None
    evidence: str | None = None
    started_at: datetime | None = None

    @property
    def exact_hours(self) -> Decimal:
        return self.hours.quantize(_TENTH)

    def check(self, now: datetime) -> None:
        """Raises InvalidInput."""
        if not self.activity.strip():
            raise InvalidInput(path="activity", reason_zh="活动名称不能为空", reason_en="the activity is empty")
        _check_hours(self.hours)
        _check_beginning(self.started_at, self.served_on, now)
        if self.served_on > day_of(now):
            raise InvalidInput(
                path="served_on",
                reason_zh=f"服务日期 {self.served_on} 尚未到来",
                reason_en=f"{self.served_on} is in the future",
            )


def _check_hours(hours: Decimal) -> None:
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS:
        raise InvalidInput(
            path="hours",
            reason_zh=f"服务时长须大于 0 且不超过 {MOST_HOURS} 小时,收到 {hours}",
            reason_en=f"more than 0 and at most {MOST_HOURS} hours, got {hours}",
        )
    if hours % _TENTH:
        raise InvalidInput(
            path="hours",
            reason_zh=f"服务时长最多一位小数,收到 {hours}",
            reason_en=f"hours have at most one digit behind the point, got {hours}",
        )


def _check_beginning(started_at: datetime | None, served_on: date, now: datetime) -> None:
    if started_at is None:
        return
    if started_at.tzinfo is None or day_of(started_at) != served_on:
        raise InvalidInput(
            path="started_at",
            reason_zh=f"开始时间须带时区,且在 {served_on} 当天",
            reason_en=f"it begins on {served_on} in China, said with its time zone",
        )
    if started_at > now:
        raise InvalidInput(path="started_at", reason_zh="尚未开始", reason_en="it has not begun yet")
