"""The rules by which hours are counted in one place on one day, resolved from the policies above it."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from servicekit.domain import InvalidInput

from service_tracking.domain.refusals import HoursOverCap, OutsideWindow, RegisteredElsewhere
from service_tracking.domain.service import MOST_HOURS


class Rounding(StrEnum):
    """EXACT refuses hours that are no multiple of the step."""

    EXACT = "EXACT"
    DOWN = "DOWN"
    HALF_UP = "HALF_UP"


class Reach(StrEnum):
    """How near to an offer a member has to be registered to claim it."""

    ANYWHERE = "ANYWHERE"
    COUNTY = "COUNTY"
    SUBDISTRICT = "SUBDISTRICT"
    COMMUNITY = "COMMUNITY"


# Between the reminder of a claim that nothing followed and its end.
NOTICE_DAYS = 7

_SHARED_DIGITS = {Reach.ANYWHERE: 0, Reach.COUNTY: 6, Reach.SUBDISTRICT: 9, Reach.COMMUNITY: 12}
_MODES = {Rounding.DOWN: ROUND_DOWN, Rounding.HALF_UP: ROUND_HALF_UP}


@dataclass(frozen=True, slots=True)
class Rules:
    """None is no limit."""

    hours_step: Decimal = Decimal("0.1")
    rounding: Rounding = Rounding.EXACT
    most_hours_per_activity: Decimal | None = None
    most_hours_per_day: Decimal | None = None
    backdating_days: int | None = None
    minimum_services_a_year: int = 2
    confirm_within_days: int | None = None
    evidence_required: bool = False
    expire_claims_after_days: int = 90
    claims_within: Reach = Reach.ANYWHERE

    def counted(self, hours: Decimal) -> Decimal:
        """`hours` in steps, as they count. Raises InvalidInput, HoursOverCap."""
        steps = hours / self.hours_step
        if self.rounding is not Rounding.EXACT:
            steps = steps.to_integral_value(_MODES[self.rounding])
        counted = (steps * self.hours_step).quantize(Decimal("0.1"))
        if steps != steps.to_integral_value() or counted <= 0:
            raise InvalidInput(
                path="hours",
                reason_zh=f"服务时长须为 {self.hours_step} 小时的倍数,收到 {hours}",
                reason_en=f"hours come in steps of {self.hours_step}, got {hours}",
            )
        # What is rounded up may come to more than a day has.
        cap = self.most_hours_per_activity or MOST_HOURS
        if counted > cap:
            raise HoursOverCap(path="hours", period="ACTIVITY", most=cap, already=Decimal(0))
        return counted

    def check_day(self, hours: Decimal, already: Decimal) -> None:
        """`already`: what else counts or waits on that day. Raises HoursOverCap."""
        cap = self.most_hours_per_day
        if cap is not None and already + hours > cap:
            raise HoursOverCap(path="hours", period="DAY", most=cap, already=already)

    def check_window(self, served_on: date, told_on: date) -> None:
        """Raises OutsideWindow where it was told too late."""
        if self.backdating_days is not None and (told_on - served_on).days > self.backdating_days:
            raise OutsideWindow(path="served_on", served_on=served_on, days=self.backdating_days)

    def check_evidence(self, evidence: str | None) -> None:
        """Raises InvalidInput."""
        if self.evidence_required and not (evidence or "").strip():
            raise InvalidInput(
                path="evidence", reason_zh="本地政策要求提供凭证", reason_en="the policy here asks for evidence"
            )

    def check_reach(self, community: str, home: str) -> None:
        """Raises RegisteredElsewhere where the member's home is too far from the offer's community."""
        shared = _SHARED_DIGITS[self.claims_within]
        if community[:shared] != home[:shared]:
            raise RegisteredElsewhere(path="member_id", community_code=community, reach=self.claims_within.value)


# What holds where no policy says anything.
NO_RULES = Rules()
