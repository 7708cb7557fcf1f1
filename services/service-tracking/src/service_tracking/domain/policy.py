"""A policy: what a division rules on the counting of service, for itself and all below it, for a period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput

from service_tracking.domain.refusals import PolicyEnded
from service_tracking.domain.rules import NOTICE_DAYS, Reach, Rounding, Rules

_CODE_LENGTHS = (6, 9, 12)
# A policy and a record that are stored at the same moment don't see each other: a transaction lasts a minute at most,
# and clocks of two machines differ by less than another.
_UNSEEN = timedelta(minutes=2)
_TENTH = Decimal("0.1")
_LEAST = {
    "backdating_days": 0,
    "minimum_services_a_year": 0,
    "confirm_within_days": 1,
    "expire_claims_after_days": NOTICE_DAYS,
}


class Limit(StrEnum):
    """A rule that may be lifted, by the name that it has in Rules."""

    MOST_HOURS_PER_ACTIVITY = "most_hours_per_activity"
    MOST_HOURS_PER_DAY = "most_hours_per_day"
    BACKDATING_DAYS = "backdating_days"
    CONFIRM_WITHIN_DAYS = "confirm_within_days"


class Backlog(StrEnum):
    """Records that wait for confirmation when the policy is set: judged by the OLD_RULES, or by the NEW_RULES."""

    OLD_RULES = "OLD_RULES"
    NEW_RULES = "NEW_RULES"


@dataclass(frozen=True, slots=True)
class Ruled:
    """What one policy says; None leaves a rule as it is inherited, and what it has `lifted` is no limit here."""

    hours_step: Decimal | None = None
    rounding: Rounding | None = None
    most_hours_per_activity: Decimal | None = None
    most_hours_per_day: Decimal | None = None
    backdating_days: int | None = None
    minimum_services_a_year: int | None = None
    confirm_within_days: int | None = None
    evidence_required: bool | None = None
    expire_claims_after_days: int | None = None
    claims_within: Reach | None = None
    lifted: tuple[Limit, ...] = ()


class PolicySnapshot(BaseModel):
    """The public state of a policy: all of it."""

    division: str
    starts_on: date
    ends_on: date | None
    backlog: Backlog
    ruled: Ruled


class Policy(Aggregate):
    """In force from `starts_on` to `ends_on`, both included. A day asks for the rules by the date served."""

    division: str
    starts_on: date
    ends_on: date | None
    backlog: Backlog
    ruled: Ruled
    set_by: str
    set_at: datetime

    @classmethod
    def set(
        cls,
        division: str,
        ruled: Ruled,
        *,
        starts_on: date,
        ends_on: date | None,
        backlog: Backlog,
        id: str,
        by: str,
        now: datetime,
    ) -> Self:
        """Raises InvalidInput."""
        if not (division.isdigit() and len(division) in _CODE_LENGTHS):
            raise InvalidInput(
                path="division_code", reason_zh="区划代码须为 6、9 或 12 位数字", reason_en="6, 9 or 12 digits"
            )
        _check_term(starts_on, ends_on)
        _check(ruled)
        policy = cls(
            id=id,
            lane=division[:6],
            division=division,
            starts_on=starts_on,
            ends_on=ends_on,
            backlog=backlog,
            ruled=ruled,
            set_by=by,
            set_at=now,
        )
        policy.record("policy-set")
        return policy

    def end(self, on: date) -> None:
        """The last day. Raises PolicyEnded, InvalidInput."""
        if self.ends_on is not None and self.ends_on <= on:
            raise PolicyEnded(path="ends_on", policy_id=self.id, on=self.ends_on)
        _check_term(self.starts_on, on)
        self.ends_on = on
        self.record("policy-ended")

    def lapse(self, last_day: date) -> bool:
        """Its division is no more since that day; whether it was to last longer."""
        last = max(last_day, self.starts_on)
        if self.ends_on is not None and self.ends_on <= last:
            return False
        self.ends_on = last
        self.record("policy-ended")
        return True

    def in_force(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def snapshot(self) -> PolicySnapshot:
        return PolicySnapshot(**{name: getattr(self, name) for name in PolicySnapshot.model_fields})


_RULES = [field.name for field in fields(Rules)]


class Policies:
    """The policies that may bear on some places."""

    def __init__(self, policies: Iterable[Policy] = ()) -> None:
        # The nearest division rules; of two by one division the one that starts, or was set, later.
        self._policies = sorted(policies, key=lambda one: (_nearness(one.division), one.starts_on, one.id))

    def rules(self, community: str, day: date) -> Rules:
        said: dict[str, Any] = {}
        for policy in self._of(community, day):
            said |= {name: getattr(policy.ruled, name) for name in _RULES if getattr(policy.ruled, name) is not None}
            said |= dict.fromkeys((limit.value for limit in policy.ruled.lifted), None)
        return Rules(**said)

    def bear_on_backlog(self, community: str, day: date, submitted_at: datetime) -> bool:
        """Whether a record of that day that waited already is to be judged anew, or may not have seen the policy."""
        return any(
            policy.backlog is Backlog.NEW_RULES and policy.set_at + _UNSEEN > submitted_at
            for policy in self._of(community, day)
        )

    def cap_days(self) -> bool:
        """Whether any of them limits the hours of a day."""
        return any(policy.ruled.most_hours_per_day is not None for policy in self._policies)

    def _of(self, community: str, day: date) -> Sequence[Policy]:
        above = lineage(community)
        return [policy for policy in self._policies if policy.division in above and policy.in_force(day)]


def lineage(division: str) -> list[str]:
    """The division and those above it, from the city down."""
    return list(dict.fromkeys([f"{division[:4]}00", division[:6], division[:9], division]))


def _nearness(division: str) -> int:
    return 4 if division.endswith("00") and len(division) == min(_CODE_LENGTHS) else len(division)


def _check_term(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(path="ends_on", reason_zh="结束日期早于开始日期", reason_en="it ends before it starts")


def _check(ruled: Ruled) -> None:
    for name in ("hours_step", "most_hours_per_activity", "most_hours_per_day"):
        hours = getattr(ruled, name)
        if hours is not None and not (hours.is_finite() and _TENTH <= hours <= 24 and hours % _TENTH == 0):
            raise InvalidInput(path=name, reason_zh="须为 0.1 到 24 小时", reason_en="0.1 to 24 hours, in steps of 0.1")
    for limit in ruled.lifted:
        if getattr(ruled, limit) is not None:
            raise InvalidInput(path=limit, reason_zh="不能同时设限和取消限制", reason_en="limited and lifted at once")
    for name, least in _LEAST.items():
        number = getattr(ruled, name)
        if number is not None and not least <= number <= 3650:
            raise InvalidInput(path=name, reason_zh=f"须为 {least} 到 3650", reason_en=f"{least} to 3650")
