"""Appeals: a member says that something is counted wrongly; another body decides within a set time."""

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput, Refusal

from evaluation.domain.divisions import owners
from evaluation.domain.facts import Fact, Kind, ledger_key

DECIDE_WITHIN = timedelta(days=15)
COUNTY_DIGITS = 6
MOST_HOURS = 24 * 366
# A claim is a place asked for, not something counted to a member: who is refused one claims again.
APPEALABLE = (Kind.SERVICE, Kind.REGISTRATION)


class AppealStatus(StrEnum):
    OPEN = "OPEN"
    GRANTED = "GRANTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class Remedy(StrEnum):
    """What the member asks for."""

    COUNT = "COUNT"
    DO_NOT_COUNT = "DO_NOT_COUNT"
    CORRECT_HOURS = "CORRECT_HOURS"


class AppealExists(Refusal):
    appeal_id: str
    zh, en = "对该事实的这一版本已有申诉:{appeal_id}。", "This version of the fact has an appeal: {appeal_id}."
    next_zh, next_en = (
        "请等待处理结果;事实更正后可再申诉。",
        "Wait for its outcome; a corrected fact can be appealed again.",
    )


class AppealClosed(Refusal):
    status: AppealStatus
    zh, en = "该申诉已办结({status})。", "This appeal is closed: {status}."
    next_zh, next_en = "无需再处理。", "There is nothing left to do."


class OwnAppeal(Refusal):
    zh, en = "不能处理本人提出的申诉。", "Whoever filed an appeal can't decide it."
    next_zh, next_en = "请由其他人员处理。", "Have somebody else decide it."


class OwnDecision(Refusal):
    zh, en = "不能处理针对本人所作认定的申诉。", "Whoever decided what an appeal is about can't decide the appeal."
    next_zh, next_en = "请由其他人员处理。", "Have somebody else decide it."


class AppealSnapshot(BaseModel):
    """Never the reason, which is in the member's own words. `decided_by` is a subject: who approves the correction."""

    appeal_id: str
    fact_kind: Kind
    fact_id: str
    fact_version: int
    member_id: str
    division: str
    remedy: Remedy
    hours: Decimal | None
    status: AppealStatus
    decided_by: str | None
    decide_by: datetime


class Appeal(Aggregate):
    """OPEN until GRANTED, REJECTED or WITHDRAWN. One for each version of a fact.

    `places` are the codes of all divisions that the fact counts in, `fact_decider` who confirmed or rejected it,
    `fact_corrector` who decided about its last correction.
    """

    fact_kind: Kind
    fact_id: str
    fact_version: int
    member: str
    fact_decider: str = ""
    fact_corrector: str = ""
    division: str
    places: list[str]
    remedy: Remedy
    hours: Decimal | None
    reason: str
    status: AppealStatus = AppealStatus.OPEN
    filed_by: str
    filed_at: datetime
    decide_by: datetime
    escalated_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    explanation: str | None = None

    @property
    def fact_key(self) -> str:
        return ledger_key(self.fact_kind, self.fact_id)

    def overdue(self, now: datetime) -> bool:
        return self.status is AppealStatus.OPEN and now > self.decide_by

    def seat(self, now: datetime) -> str:
        """Whose administrators decide: those above the community, and when the time is over those of its county."""
        return self.division[:COUNTY_DIGITS] if self.overdue(now) else self.division

    def escalate(self, now: datetime) -> None:
        """Tell, once, that the time is over and the county has it; only of one that is overdue."""
        if self.overdue(now) and self.escalated_at is None:
            self.escalated_at = now
            self.record("appeal-overdue")

    def decide(self, grant: bool, explanation: str, now: datetime, by: str) -> None:
        """Raises AppealClosed, OwnAppeal, OwnDecision."""
        self._check_open()
        if by == self.filed_by:
            raise OwnAppeal()
        if by in (self.fact_decider, self.fact_corrector):
            raise OwnDecision()
        self._close(AppealStatus.GRANTED if grant else AppealStatus.REJECTED, now, by)
        self.explanation = explanation
        self.record("appeal-granted" if grant else "appeal-rejected")

    def withdraw(self, now: datetime, by: str) -> None:
        """Raises AppealClosed."""
        self._check_open()
        self._close(AppealStatus.WITHDRAWN, now, by)
        self.record("appeal-withdrawn")

    def snapshot(self) -> AppealSnapshot:
        return AppealSnapshot(
            appeal_id=self.id,
            fact_kind=self.fact_kind,
            fact_id=self.fact_id,
            fact_version=self.fact_version,
            member_id=self.member,
            division=self.division,
            remedy=self.remedy,
            hours=self.hours,
            status=self.status,
            decided_by=self.decided_by,
            decide_by=self.decide_by,
        )

    def _check_open(self) -> None:
        if self.status is not AppealStatus.OPEN:
            raise AppealClosed(status=self.status)

    def _close(self, status: AppealStatus, now: datetime, by: str) -> None:
        self.status, self.decided_at, self.decided_by = status, now, by


def file(fact: Fact, remedy: Remedy, hours: Decimal | None, reason: str, *, id: str, now: datetime, by: str) -> Appeal:
    """Raises InvalidInput."""
    _check_hours(fact, remedy, hours)
    appeal = Appeal(
        id=id,
        lane=fact.lane,
        fact_kind=fact.kind,
        fact_id=fact.id,
        fact_version=fact.version,
        member=fact.member,
        fact_decider=fact.decider,
        fact_corrector=fact.corrector,
        division=fact.division,
        places=owners(fact.division),
        remedy=remedy,
        hours=hours,
        reason=reason,
        filed_by=by,
        filed_at=now,
        decide_by=now + DECIDE_WITHIN,
    )
    appeal.record("appeal-filed")
    return appeal


def _check_hours(fact: Fact, remedy: Remedy, hours: Decimal | None) -> None:
    if (remedy is Remedy.CORRECT_HOURS) != (hours is not None):
        raise InvalidInput(
            path="input.hours",
            reason_zh="仅更正时长时须填写,且必须填写",
            reason_en="given when hours are to be corrected, and only then",
        )
    if hours is None:
        return
    if fact.kind is not Kind.SERVICE:
        raise InvalidInput(path="input.remedy", reason_zh="仅服务有时长", reason_en="only services have hours")
    if not hours.is_finite() or not 0 <= hours <= MOST_HOURS or hours != round(hours, 2):
        raise InvalidInput(
            path="input.hours",
            reason_zh=f"须在 0 至 {MOST_HOURS} 之间,至多两位小数",
            reason_en=f"0 to {MOST_HOURS}, with at most two decimal places",
        )
