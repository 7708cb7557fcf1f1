"""A claim: a member takes up an offer; the host reviews it, the member may withdraw."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.domain import Aggregate, InvalidInput, NotFound

from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer, OfferKind, OfferStatus
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import (
    ActivityNotHeld,
    ClaimEnded,
    ClaimNotApproved,
    ClaimNotPending,
    NotAnActivity,
    NotAPairing,
)
from service_tracking.domain.registered import Registered


class ClaimStatus(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    RELEASED = "RELEASED"
    HANDED_OVER = "HANDED_OVER"
    COMPLETED = "COMPLETED"


class Attendance(StrEnum):
    ATTENDED = "ATTENDED"
    NO_SHOW = "NO_SHOW"
    EXCUSED = "EXCUSED"


LIVE = (ClaimStatus.PENDING, ClaimStatus.APPROVED)


class Decision(StrEnum):
    APPROVE = "APPROVE"
    DECLINE = "DECLINE"


class ClaimReview(BaseModel):
    """Who reviewed a claim and when; `by` is None where the offer approves by itself."""

    by: str | None
    at: datetime
    reason: str | None = None


class Attended(BaseModel):
    """Whether the claimant came to the activity, by whose account."""

    attendance: Attendance
    by: str
    at: datetime


class ClaimSnapshot(BaseModel):
    """The public state of a claim. `decided_on` is the day of its review."""

    offer_id: str
    kind: OfferKind
    member_id: str
    unit_id: str
    community: str
    status: ClaimStatus
    requested_on: date
    decided_on: date | None
    ended_on: date | None
    attendance: Attendance | None


class Claim(Aggregate):
    """PENDING -> APPROVED or DECLINED; while live -> WITHDRAWN (by the member) or RELEASED (registration ended,
    activity cancelled); while approved -> HANDED_OVER (to the claim that `succeeds` it) or, of a pairing, COMPLETED.

    `unit_id` is the member's unit when it was claimed, `community` the offer's.
    """

    offer_id: str
    kind: OfferKind
    member_id: str
    unit_id: str
    community: str
    status: ClaimStatus = ClaimStatus.PENDING
    requested_by: str
    requested_at: datetime
    on_behalf: bool
    review: ClaimReview | None = None
    ended_at: datetime | None = None
    succeeds: str | None = None
    attended: Attended | None = None

    @classmethod
    def request(cls, offer: Offer, member: Registered, *, id: str, by: Person, now: datetime) -> Self:
        """A claim that waits for review, or is approved at once where the offer says so.

        Raises OfferClosed, OfferNotOpen, OfferFull. An approval takes one of the offer's places.
        """
        offer.check_claimable(now)
        claim = cls._of(offer, member, id=id, by=by, now=now)
        if offer.auto_approve:
            claim.approve(offer, by=None, now=now)
        else:
            claim.record("claim-requested")
        return claim

    @classmethod
    def join(cls, offer: Offer, member: Registered, *, id: str, by: Person, now: datetime) -> Self:
        """The approved claim of a team's leader, made with the team. It takes a place."""
        claim = cls._of(offer, member, id=id, by=by, now=now)
        claim.approve(offer, by=by.subject, now=now)
        return claim

    @property
    def live(self) -> bool:
        return self.status in LIVE

    @property
    def holds_a_place(self) -> bool:
        return self.status is ClaimStatus.APPROVED

    def approve(self, offer: Offer, *, by: str | None, now: datetime) -> None:
        """Raises ClaimNotPending, OfferClosed, OfferFull; takes one of the offer's places."""
        self._check_pending()
        offer.take_place()
        self.status = ClaimStatus.APPROVED
        self.review = ClaimReview(by=by, at=now)
        self.record("claim-approved")

    def decline(self, *, by: str, reason: str | None, now: datetime) -> None:
        """Raises ClaimNotPending."""
        self._check_pending()
        self.status = ClaimStatus.DECLINED
        self.review = ClaimReview(by=by, at=now, reason=reason)
        self.ended_at = now
        self.record("claim-declined")

    def withdraw(self, now: datetime) -> bool:
        """Whether a place was given back. Raises ClaimEnded."""
        return self._end(ClaimStatus.WITHDRAWN, "claim-withdrawn", now)

    def release(self, now: datetime) -> bool:
        """The member's registration ended, or the activity was cancelled. Whether a place was given back. Raises
        ClaimEnded.
        """
        return self._end(ClaimStatus.RELEASED, "claim-released", now)

    def hand_over(self, offer: Offer, member: Registered, *, id: str, by: str, now: datetime) -> "Claim":
        """Another member takes this one's place at once. Raises ClaimNotApproved, OfferClosed, InvalidInput."""
        self._check_approved()
        offer.check_published()
        if member.member_id == self.member_id:
            raise InvalidInput(
                path="to_member_id", reason_zh="须交接给另一位党员", reason_en="hand it over to another member"
            )
        self._end(ClaimStatus.HANDED_OVER, "claim-handed-over", now)
        successor = Claim._of(offer, member, id=id, by=Person(by), now=now)
        successor.status = ClaimStatus.APPROVED
        successor.review = ClaimReview(by=by, at=now)
        successor.succeeds = self.id
        successor.record("claim-approved")
        return successor

    def complete(self, now: datetime) -> None:
        """A pairing has done its work. Raises NotAPairing, ClaimNotApproved."""
        self.check_pairing()
        self._check_approved()
        self._end(ClaimStatus.COMPLETED, "claim-completed", now)

    def check_pairing(self) -> None:
        """Raises NotAPairing."""
        if self.kind is not OfferKind.PAIRING:
            raise NotAPairing(path="claim_id", claim_id=self.id, kind=self.kind.value)

    def attend(self, activity: Offer, attendance: Attendance, *, by: str, now: datetime) -> None:
        """Whether the claimant came; said again, it is corrected. Raises NotAnActivity, ActivityNotHeld,
        ClaimNotApproved.
        """
        if activity.kind is not OfferKind.ACTIVITY:
            raise NotAnActivity(path="claim_id", offer_id=activity.id, kind=activity.kind.value)
        if activity.status is not OfferStatus.HELD:
            raise ActivityNotHeld(path="claim_id", offer_id=activity.id, current_status=activity.status.value)
        self._check_approved()
        self.attended = Attended(attendance=attendance, by=by, at=now)
        self.record("claim-attendance-taken")

    def check_serves(self, member_id: str) -> None:
        """Whether this member may record service on it. Raises NotFound, ClaimNotApproved."""
        if self.member_id != member_id:
            raise NotFound(path="claim_id", what_zh="认领", what_en="claim of this member", id=self.id)
        if self.status is not ClaimStatus.COMPLETED:
            self._check_approved()

    @property
    def was_attended(self) -> bool:
        return self.attended is not None and self.attended.attendance is Attendance.ATTENDED

    def check_helps(self, offer_id: str) -> None:
        """Whether it lets its member know who is helped. Raises NotFound, ClaimNotApproved."""
        if self.offer_id != offer_id:
            raise NotFound(path="offer_id", what_zh="认领", what_en="claim on this offer", id=self.id)
        self._check_approved()

    def snapshot(self) -> ClaimSnapshot:
        return ClaimSnapshot(
            offer_id=self.offer_id,
            kind=self.kind,
            member_id=self.member_id,
            unit_id=self.unit_id,
            community=self.community,
            status=self.status,
            requested_on=day_of(self.requested_at),
            decided_on=day_of(self.review.at) if self.review else None,
            ended_on=day_of(self.ended_at) if self.ended_at else None,
            attendance=self.attended.attendance if self.attended else None,
        )

    @classmethod
    def _of(cls, offer: Offer, member: Registered, *, id: str, by: Person, now: datetime) -> Self:
        return cls(
            id=id,
            lane=offer.lane,
            offer_id=offer.id,
            kind=offer.kind,
            member_id=member.member_id,
            unit_id=member.unit_id,
            community=offer.community,
            requested_by=by.subject,
            requested_at=now,
            on_behalf=member.member_id not in by.member_ids,
        )

    def _check_approved(self) -> None:
        if self.status is not ClaimStatus.APPROVED:
            raise ClaimNotApproved(path="claim_id", claim_id=self.id, current_status=self.status.value)

    def _check_pending(self) -> None:
        if self.status is not ClaimStatus.PENDING:
            raise ClaimNotPending(path="claim_id", claim_id=self.id, current_status=self.status.value)

    def _end(self, status: ClaimStatus, fact: str, now: datetime) -> bool:
        if not self.live:
            raise ClaimEnded(path="claim_id", claim_id=self.id, current_status=self.status.value)
        held_a_place = self.holds_a_place
        self.status = status
        self.ended_at = now
        self.record(fact)
        return held_a_place
