"""A service record: one member served, and somebody other than the member confirms it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field
from servicekit.domain import InvalidInput, Refusal

from service_tracking.domain.appeal import GrantedAppeal
from service_tracking.domain.claim import Claim
from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.correction import Correction, Told
from service_tracking.domain.days import day_of
from service_tracking.domain.person import Person
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.policy import Policies
from service_tracking.domain.refusals import OwnRecord, RecordDecided, SecondPersonRequired, StepNotPossible
from service_tracking.domain.registered import Registered
from service_tracking.domain.rules import Rules
from service_tracking.domain.service import Provenance, Service, Vanguard

NO_POLICIES = Policies()


class RecordStatus(StrEnum):
    SUBMITTED = "SUBMITTED"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"


class ConfirmationMethod(StrEnum):
    VISIT = "VISIT"
    PHONE = "PHONE"
    ORGANISER = "ORGANISER"
    ON_SITE = "ON_SITE"
    BENEFICIARY_CODE = "BENEFICIARY_CODE"
    APPEAL = "APPEAL"


# What somebody who confirms may say; the others follow from a code, or an appeal.
SAID = (ConfirmationMethod.VISIT, ConfirmationMethod.PHONE, ConfirmationMethod.ORGANISER, ConfirmationMethod.ON_SITE)
BENEFICIARY = "beneficiary"


class Confirmation(BaseModel):
    """`by` is a subject, or `beneficiary`. `evidence` is what it rests on: a sheet's number, a code's id."""

    by: str
    method: ConfirmationMethod
    at: datetime
    note: str | None = None
    evidence: str | None = None


class Rejection(BaseModel):
    by: str
    reason: str
    at: datetime


class RecordSnapshot(PlacedSnapshot):
    """The public state of a record. `hours` is a decimal number as text; a correction leaves `confirmed_on`.

    `decided_by` is the subject who confirmed or rejected it, `corrected_by` who decided about its last correction:
    whoever else decides an appeal against that.
    """

    member_id: str
    unit_id: str
    offer_id: str | None
    served_on: date
    hours: Decimal
    vanguard: Vanguard
    provenance: Provenance
    status: RecordStatus
    confirmed_on: date | None
    decided_by: str | None
    corrected_by: str | None = None


class ServiceRecord(Placed):
    """SUBMITTED -> CONFIRMED or REJECTED, decided once. `community` is where it was served."""

    MOVED = "record-moved"

    member_id: str
    unit_id: str
    claim_id: str | None
    offer_id: str | None
    activity: str
    served_on: date
    hours: Decimal
    vanguard: Vanguard
    content: str
    place: str
    person_in_charge: str
    provenance: Provenance
    reference: str | None
    recorder: str
    on_behalf: bool
    submitted_at: datetime
    status: RecordStatus = RecordStatus.SUBMITTED
    confirmation: Confirmation | None = None
    rejection: Rejection | None = None
    evidence: str | None = None
    started_at: datetime | None = None
    confirm_by: date | None = None
    corrections: list[Correction] = Field(default_factory=list)

    @classmethod
    def submit(
        cls,
        service: Service,
        member: Registered,
        *,
        claim: Claim | None,
        community: str | None,
        id: str,
        by: Person,
        now: datetime,
        policies: Policies = NO_POLICIES,
        already: Decimal = Decimal(0),
    ) -> Self:
        """A record that waits for confirmation, served where the claim's offer is, else in `community`, else at home.

        `already` are the member's other hours of that day. Raises InvalidInput, NotFound, ClaimNotApproved, OwnRecord,
        HoursOverCap, OutsideWindow.
        """
        service.check(now)
        own = member.member_id in by.member_ids
        if own and service.provenance is not Provenance.SELF_REPORTED:
            raise OwnRecord(path="provenance")
        if claim is not None:
            claim.check_serves(member.member_id)
            community = claim.community
        community = checked_community(community or member.community)
        today = day_of(now)
        rules = policies.rules(community, service.served_on)
        hours = rules.counted(service.exact_hours)
        rules.check_day(hours, already)
        rules.check_evidence(service.evidence)
        asked_today = policies.rules(community, today)
        asked_today.check_window(service.served_on, today)
        within = asked_today.confirm_within_days
        record = cls(
            id=id,
            lane=lane_of(community),
            member_id=member.member_id,
            unit_id=member.unit_id,
            community=community,
            claim_id=claim.id if claim else None,
            offer_id=claim.offer_id if claim else None,
            activity=service.activity.strip(),
            served_on=service.served_on,
            hours=hours,
            vanguard=service.vanguard,
            content=service.content,
            place=service.place,
            person_in_charge=service.person_in_charge,
            provenance=service.provenance,
            reference=service.reference,
            recorder=by.subject,
            on_behalf=not own,
            submitted_at=now,
            evidence=service.evidence,
            started_at=service.started_at,
            confirm_by=today + timedelta(days=within) if within is not None else None,
        )
        record.record("record-submitted")
        return record

    def confirm(
        self,
        *,
        by: Person,
        method: ConfirmationMethod,
        note: str | None,
        evidence: str | None = None,
        now: datetime,
        policies: Policies = NO_POLICIES,
        already: Decimal = Decimal(0),
    ) -> None:
        """By somebody else than the member. `policies` and `already` as in `_confirm`.

        Raises RecordDecided, OwnRecord, SecondPersonRequired; InvalidInput, HoursOverCap, OutsideWindow.
        """
        self.check_open()
        self._check_somebody_else(by)
        if self.provenance is Provenance.GRANTED and by.subject == self.recorder:
            raise SecondPersonRequired(path="record_id", record_id=self.id)
        if method not in SAID:
            raise InvalidInput(
                path="method", reason_zh="该方式不能由人填写", reason_en="that method is not for somebody to say"
            )
        confirmation = Confirmation(by=by.subject, method=method, at=now, note=note, evidence=evidence)
        self._confirm(confirmation, policies, already)

    def confirm_by_code(
        self,
        code_id: str,
        *,
        hands: Collection[str],
        now: datetime,
        policies: Policies = NO_POLICIES,
        already: Decimal = Decimal(0),
    ) -> None:
        """By the beneficiary, whose one-time code was told. `hands` are the subjects who issued it and entered it.

        Raises RecordDecided, SecondPersonRequired, and what a policy refuses.
        """
        self.check_open()
        # Whoever granted the service would else be its witness, too.
        if self.provenance is Provenance.GRANTED and self.recorder in hands:
            raise SecondPersonRequired(path="record_id", record_id=self.id)
        method = ConfirmationMethod.BENEFICIARY_CODE
        self._confirm(Confirmation(by=BENEFICIARY, method=method, at=now, evidence=code_id), policies, already)

    def _confirm(self, confirmation: Confirmation, policies: Policies, already: Decimal) -> None:
        """Where a policy was set since that bears on what waited, its rules are asked; `already` as in `submit`.

        Raises InvalidInput, HoursOverCap, OutsideWindow.
        """
        served_in = self.community_on(self.served_on)
        if policies.bear_on_backlog(served_in, self.served_on, self.submitted_at):
            self._check_anew(policies.rules(served_in, self.served_on), already)
        self.status = RecordStatus.CONFIRMED
        self.confirmation = confirmation
        self.record("record-confirmed")

    def reject(self, *, by: Person, reason: str, now: datetime) -> None:
        """Raises RecordDecided, OwnRecord, InvalidInput."""
        self.check_open()
        self._check_somebody_else(by)
        if not reason.strip():
            raise InvalidInput(path="reason", reason_zh="须写明理由", reason_en="a rejection needs a reason")
        self.status = RecordStatus.REJECTED
        self.rejection = Rejection(by=by.subject, reason=reason.strip(), at=now)
        self.record("record-rejected")

    def ask_correction(self, after: Told, *, reason: str, by: Person, now: datetime) -> None:
        """Ask that a decided record be changed; a rejected one once. Raises StepNotPossible, InvalidInput."""
        asked_before = self.status is RecordStatus.REJECTED and self.corrections
        if self.status is RecordStatus.SUBMITTED or self.pending_correction or asked_before:
            raise StepNotPossible(path="record_id", id=self.id, current_status=self.status.value)
        if not reason.strip():
            raise InvalidInput(path="reason", reason_zh="须写明理由", reason_en="say why")
        Service(self.activity, after.served_on, after.hours, after.vanguard).check(now)
        correction = Correction(
            before=self._told(), after=after, reason=reason.strip(), asked_by=by.subject, asked_at=now
        )
        self.corrections = [*self.corrections, correction]
        self.record("record-correction-asked")

    @property
    def involved(self) -> set[str]:
        """The subjects who told it, decided about it, or had to do with a correction."""
        decided = [one.by for one in (self.confirmation, self.rejection) if one is not None]
        corrected = [by for one in self.corrections for by in (one.asked_by, one.decided_by) if by is not None]
        return {self.recorder, *decided, *corrected}

    @property
    def pending_correction(self) -> Correction | None:
        last = self.corrections[-1] if self.corrections else None
        return last if last is not None and last.approved is None else None

    def decide_correction(
        self,
        *,
        approve: bool,
        by: Person,
        note: str,
        now: datetime,
        policies: Policies = NO_POLICIES,
        already: Decimal = Decimal(0),
    ) -> None:
        """By somebody who neither served, nor asked, nor decided about the record.

        An approved one is confirmed as corrected.
        `already` are the member's other hours of the corrected day.

        Raises StepNotPossible, OwnRecord, SecondPersonRequired, InvalidInput, HoursOverCap, OutsideWindow.
        """
        correction = self.pending_correction
        if correction is None:
            raise StepNotPossible(path="record_id", id=self.id, current_status=self.status.value)
        self._check_somebody_else(by)
        earlier = {one.by for one in (self.confirmation, self.rejection) if one is not None}
        if by.subject in {correction.asked_by, *earlier}:
            raise SecondPersonRequired(path="record_id", record_id=self.id)
        if approve:
            self._correct(correction.after, by=by, note=note, now=now, policies=policies, already=already)
        decided = {"approved": approve, "decided_by": by.subject, "decided_at": now, "note": note.strip()}
        self.corrections = [*self.corrections[:-1], correction.model_copy(update=decided)]
        self.record("record-corrected" if approve else "record-correction-declined")

    def settle_appeal(
        self, appeal: GrantedAppeal, *, now: datetime, policies: Policies = NO_POLICIES, already: Decimal = Decimal(0)
    ) -> bool:
        """A correction that another body decided: whether it is new here. What can't be (a cap, 25 hours) is declined.

        A correction that waits is closed by it; one approved after the appeal was decided stands.
        """
        if any(one.appeal_id == appeal.appeal_id for one in self.corrections):
            return False
        before, asked = self._told(), self._close_pending(appeal, now)
        try:
            self._settle(appeal, now, policies.rules(self.community_on(self.served_on), self.served_on), already)
            note, approved = "", True
        except Refusal as refusal:
            note, approved = f"{refusal.message('zh')} / {refusal.message('en')}", False
        settled = Correction(
            before=before,
            after=self._told(),
            reason="申诉 / appeal",
            asked_by=appeal.appeal_id,
            asked_at=appeal.decided_at,
            approved=approved,
            decided_by=appeal.approver,
            decided_at=now,
            note=note,
            appeal_id=appeal.appeal_id,
        )
        self.corrections = [*asked, settled]
        self.record("record-corrected" if approved else "record-correction-declined")
        return True

    def _close_pending(self, appeal: GrantedAppeal, now: datetime) -> list[Correction]:
        if self.pending_correction is None:
            return self.corrections
        said = {"approved": False, "decided_by": appeal.approver, "decided_at": now, "note": "申诉已决定 / by appeal"}
        return [*self.corrections[:-1], self.corrections[-1].model_copy(update=said)]

    def _settle(self, appeal: GrantedAppeal, now: datetime, rules: Rules, already: Decimal) -> None:
        if any(one.approved and (one.decided_at or now) > appeal.decided_at for one in self.corrections):
            raise StepNotPossible(path="record_id", id=self.id, current_status=self.status.value)
        if not appeal.counts:
            self.status = RecordStatus.REJECTED
            self.rejection = Rejection(by=appeal.approver, reason="申诉 / appeal", at=now)
            return
        told = self.hours if appeal.hours is None else appeal.hours
        Service(self.activity, self.served_on, told, self.vanguard).check(now)
        hours = rules.counted(told)
        rules.check_day(hours, already)
        self.hours, self.status = hours, RecordStatus.CONFIRMED
        self.confirmation = self.confirmation or Confirmation(
            by=appeal.approver, method=ConfirmationMethod.APPEAL, at=now, evidence=appeal.appeal_id
        )

    def _correct(
        self, after: Told, *, by: Person, note: str, now: datetime, policies: Policies, already: Decimal
    ) -> None:
        rules = policies.rules(self.community_on(after.served_on), after.served_on)
        hours = rules.counted(after.hours)
        rules.check_day(hours, already)
        if after.served_on != self.served_on:
            told_on = day_of(self.submitted_at)
            policies.rules(self.community_on(told_on), told_on).check_window(after.served_on, told_on)
        self.started_at = self.started_at if after.served_on == self.served_on else None
        self.served_on, self.hours, self.vanguard = after.served_on, hours, after.vanguard
        self.status = RecordStatus.CONFIRMED
        self.confirmation = self.confirmation or Confirmation(
            by=by.subject, method=ConfirmationMethod.ORGANISER, at=now, note=note.strip() or None
        )

    def _told(self) -> Told:
        counts = self.status is RecordStatus.CONFIRMED
        return Told(served_on=self.served_on, hours=self.hours, vanguard=self.vanguard, counts=counts)

    def snapshot(self) -> RecordSnapshot:
        decision = self.rejection or self.confirmation
        return RecordSnapshot(
            member_id=self.member_id,
            unit_id=self.unit_id,
            community=self.community,
            earlier_communities=self.earlier_communities,
            offer_id=self.offer_id,
            served_on=self.served_on,
            hours=self.hours,
            vanguard=self.vanguard,
            provenance=self.provenance,
            status=self.status,
            confirmed_on=day_of(self.confirmation.at) if self.confirmation else None,
            decided_by=decision.by if decision else None,
            corrected_by=next((one.decided_by for one in reversed(self.corrections) if one.by_hand), None),
        )

    def _check_anew(self, rules: Rules, already: Decimal) -> None:
        if rules.counted(self.hours) != self.hours:
            raise InvalidInput(
                path="record_id",
                reason_zh=f"按新政策时长应为 {rules.counted(self.hours)} 小时,请先更正",
                reason_en=f"the new policy counts {rules.counted(self.hours)} hours: submit it anew",
            )
        rules.check_day(self.hours, already)
        rules.check_window(self.served_on, day_of(self.submitted_at))
        rules.check_evidence(self.evidence)

    def check_open(self) -> None:
        """Raises RecordDecided."""
        if self.status is not RecordStatus.SUBMITTED:
            raise RecordDecided(path="record_id", record_id=self.id, current_status=self.status.value)

    def _check_somebody_else(self, by: Person) -> None:
        # A member's own report names its subject as recorder, so that counts too where a token grants no membership.
        own_report = self.provenance is Provenance.SELF_REPORTED and not self.on_behalf and by.subject == self.recorder
        if self.member_id in by.member_ids or own_report:
            raise OwnRecord(path="record_id")
