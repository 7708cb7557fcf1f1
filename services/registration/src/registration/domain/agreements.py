"""Agreements between a unit and a community: term, kinds of support, and whether it is the unit's primary one."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput, NotFound, Refusal

from registration.domain.divisions import lane_of


class Support(StrEnum):
    TALENT = "TALENT"
    TECHNOLOGY = "TECHNOLOGY"
    MATERIALS = "MATERIALS"
    FUNDS = "FUNDS"
    VENUE = "VENUE"


class AgreementStatus(StrEnum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class AgreementAlreadyActive(Refusal):
    agreement_id: str
    zh = "该单位与该社区已有有效协议"
    en = "This unit and this community already have an active agreement"
    next_zh = "请先终止原协议,再重新签订。"
    next_en = "End that agreement first, then sign again."


class PrimaryAgreementExists(Refusal):
    community_code: str
    zh = "该单位已有主要结对社区:{community_code}"
    en = "This unit already has a primary community: {community_code}"
    next_zh = "一个单位只能有一个主要结对社区;请以非主要方式签订,或先终止原主要协议。"
    next_en = "A unit has one primary community: sign this one as not primary, or end the primary one first."


class AgreementAlreadyEnded(Refusal):
    ended_on: date
    zh = "该协议已于 {ended_on} 终止"
    en = "This agreement ended on {ended_on}"
    next_zh = "无需再次终止。"
    next_en = "There is nothing left to end."


class AgreementSnapshot(BaseModel):
    """Public state of an agreement, carried by its events."""

    agreement_id: str
    unit_id: str
    community: str
    primary: bool
    support: list[Support]
    status: AgreementStatus
    starts_on: date
    ends_on: date | None
    ended_on: date | None


class Agreement(Aggregate):
    """The one agreement of a unit with a community; signing it again after its end renews it.

    Once it ended, those whom it still placed at that very moment are placed anew at `late_at`.
    """

    unit_id: str
    community_code: str
    primary: bool
    support: list[Support]
    status: AgreementStatus
    starts_on: date
    ends_on: date | None = None
    ended_on: date | None = None
    late_at: datetime | None = None

    def renew(self, *, primary: bool, support: list[Support], starts_on: date, ends_on: date | None) -> None:
        if self.status is AgreementStatus.ACTIVE:
            raise AgreementAlreadyActive(agreement_id=self.id)
        check_term(starts_on, ends_on)
        self.primary, self.support, self.starts_on, self.ends_on = primary, support, starts_on, ends_on
        self.status, self.ended_on = AgreementStatus.ACTIVE, None
        self.record("agreement-signed")

    def end(self, on: date) -> None:
        self.require_active()
        if on < self.starts_on:
            raise InvalidInput(
                path="ended_on", reason_zh="终止日期早于开始日期", reason_en="it can't end before it starts"
            )
        self.status, self.ended_on = AgreementStatus.ENDED, on
        self.record("agreement-ended")

    def run_out(self) -> None:
        """Its term is over: it bound until its last day, and no longer on the next."""
        assert self.ends_on is not None
        self.end(self.ends_on + timedelta(days=1))

    def require_active(self, path: str | None = None) -> None:
        if self.status is AgreementStatus.ENDED:
            raise AgreementAlreadyEnded(path=path, ended_on=self.ended_on)

    def take_lead(self) -> None:
        """Become the unit's primary agreement."""
        self.primary = True
        self.record("agreement-signed")

    def in_force(self, on: date) -> bool:
        return (
            self.status is AgreementStatus.ACTIVE
            and self.starts_on <= on
            and (self.ends_on is None or on <= self.ends_on)
        )

    def snapshot(self) -> AgreementSnapshot:
        return AgreementSnapshot(
            agreement_id=self.id,
            unit_id=self.unit_id,
            community=self.community_code,
            **self.model_dump(include={"primary", "support", "status", "starts_on", "ends_on", "ended_on"}),
        )


def succeed(
    old: Agreement, known: Agreement | None, agreement_id: str, *, unit_id: str, community_code: str, primary: bool
) -> Agreement:
    """What follows an agreement that a merge ended: `known`, where these two have one, else a new one."""
    starts_on = old.ended_on or old.starts_on
    ends_on = max(old.ends_on, starts_on) if old.ends_on else None
    if known is None:
        return sign_agreement(
            agreement_id,
            unit_id=unit_id,
            community_code=community_code,
            primary=primary,
            support=old.support,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    if known.status is AgreementStatus.ENDED:
        known.renew(primary=primary, support=old.support, starts_on=starts_on, ends_on=ends_on)
    elif primary and not known.primary:
        known.take_lead()
    return known


def sign_agreement(
    agreement_id: str,
    *,
    unit_id: str,
    community_code: str,
    primary: bool,
    support: list[Support],
    starts_on: date,
    ends_on: date | None,
) -> Agreement:
    check_term(starts_on, ends_on)
    agreement = Agreement(
        id=agreement_id,
        lane=lane_of(community_code),
        unit_id=unit_id,
        community_code=community_code,
        primary=primary,
        support=support,
        status=AgreementStatus.ACTIVE,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    agreement.record("agreement-signed")
    return agreement


def check_term(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise InvalidInput(path="ends_on", reason_zh="结束日期早于开始日期", reason_en="it ends before it starts")


def no_such_agreement(agreement_id: str, path: str = "id") -> NotFound:
    return NotFound(what_zh="协议", what_en="agreement", id=agreement_id, path=path)
