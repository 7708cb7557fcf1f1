"""A claim: a member takes up an offer; the host reviews it, the member may withdraw."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.domain import InvalidInput, NotFound

from service_tracking.domain.days import day_of
from service_tracking.domain.offer import Offer, OfferKind, OfferStatus
from service_tracking.domain.person import Person
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.refusals import (
    ActivityNotHeld,
    ClaimEnded,
    ClaimNotApproved,
    ClaimNotPending,
    NotAnActivity,
    NotAPairing,
)
from service_tracking.domain.registered import Registered
from service_tracking.domain.rules import NO_RULES, NOTICE_DAYS, Rules


class ClaimStatus(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    RELEASED = "RELEASED"
    HANDED_OVER = "HANDED_OVER"
    COMPLETED = "COMPLETED"
    WAITING = "WAITING"
    EXPIRED = "EXPIRED"


class Attendance(StrEnum):
    ATTENDED = "ATTENDED"
    NO_SHOW = "NO_SHOW"
    EXCUSED = "EXCUSED"


ABSENT = (Attendance.NO_SHOW, Attendance.EXCUSED)
LIVE = (ClaimStatus.PENDING, ClaimStatus.APPROVED, ClaimStatus.WAITING)
# Membership of a team stands without being used, and an activity has its day.
STANDING = (OfferKind.TEAM, OfferKind.ACTIVITY)


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


class ClaimSnapshot(PlacedSnapshot):
    """The public state of a claim. `decided_on` is the day of its review; after `expires_on` it expires."""

    offer_id: str
    kind: OfferKind
    member_id: str
    unit_id: str
    status: ClaimStatus
    requested_on: date
    decided_on: date | None
    ended_on: date | None
    attendance: Attendance | None
    expires_on: date | None = None


class Claim(Placed):
    """PENDING -> APPROVED or DECLINED; while live -> WITHDRAWN (by the member) or RELEASED (registration ended,
    offer closed or cancelled); while approved -> HANDED_OVER (to the claim that `succeeds` it) or, of a pairing or a
    wish, COMPLETED. Of a full offer: WAITING -> APPROVED, or PENDING with its place `reserved` until it is reviewed.

    `unit_id` is the member's unit when it was claimed, `community` the offer's. `queued` is its number in the waiting
    list. What nobody reviews or follows up is EXPIRED after `expires_on`, but not before `remind_on` has been told;
    both are None once something followed. `holds` counts what relied on it as it was.
    """

    MOVED = "claim-moved"

    offer_id: str
    kind: OfferKind
    member_id: str
    unit_id: str
    status: ClaimStatus = ClaimStatus.PENDING
    requested_by: str
    requested_at: datetime
    on_behalf: bool
    review: ClaimReview | None = None
    ended_at: datetime | None = None
    succeeds: str | None = None
    attended: Attended | None = None
    queued: int | None = None
    reserved: bool = False
    holds: int = 0
    expires_on: date | None = None
    remind_on: date | None = None

    @classmethod
    def request(
        cls,
        offer: Offer,
        member: Registered,
        *,
        id: str,
        by: Person,
        now: datetime,
        rules: Rules = NO_RULES,
        wait: bool = False,
    ) -> Self:
        """A claim that is to be reviewed, or approved at once where the offer says so; of a full offer, if it would
        `wait`, the last of its waiting list.

        Raises OfferClosed, OfferNotOpen, OfferFull, RegisteredElsewhere. An approval takes one of the offer's places.
        """
        offer.check_open(now)
        rules.check_reach(offer.community, member.community)
        claim = cls._of(offer, member, id=id, by=by, now=now)
        if offer.places_left < 1 and wait:
            claim._wait(offer)
            return claim
        offer.check_not_full()
        if offer.auto_approve:
            claim.approve(offer, by=None, now=now, rules=rules)
        else:
            claim._request(now, rules)
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
        return self.status is ClaimStatus.APPROVED or (self.status is ClaimStatus.PENDING and self.reserved)

    def approve(self, offer: Offer, *, by: str | None, now: datetime, rules: Rules = NO_RULES) -> None:
        """Raises ClaimNotPending, OfferClosed, OfferFull; takes one of the offer's places, if none is reserved."""
        self._check_pending()
        offer.check_published()
        if not self.reserved:
            offer.take_place()
        self.status = ClaimStatus.APPROVED
        self.review = ClaimReview(by=by, at=now)
        self._set_expiry(now, rules)
        self.record("claim-approved")

    def promote(self, offer: Offer, *, now: datetime, rules: Rules = NO_RULES) -> None:
        """A place is free for the first who waits: it is taken, or kept until the review. Raises OfferClosed,
        OfferFull.
        """
        if self.status is not ClaimStatus.WAITING:
            raise ClaimNotPending(path="claim_id", claim_id=self.id, current_status=self.status.value)
        offer.take_place()
        self.reserved, self.status = True, ClaimStatus.PENDING
        if offer.auto_approve:
            self.approve(offer, by=None, now=now, rules=rules)
        else:
            self._request(now, rules)

    def decline(self, *, by: str, reason: str | None, now: datetime) -> bool:
        """Whether a place was given back. Raises ClaimNotPending. Who waits can be declined too."""
        if self.status is not ClaimStatus.WAITING:
            self._check_pending()
        self.review = ClaimReview(by=by, at=now, reason=reason)
        return self._end(ClaimStatus.DECLINED, "claim-declined", now)

    def withdraw(self, now: datetime) -> bool:
        """Whether a place was given back. Raises ClaimEnded."""
        return self._end(ClaimStatus.WITHDRAWN, "claim-withdrawn", now)

    def release(self, now: datetime) -> bool:
        """The member's registration ended, or the offer. Whether a place was given back. Raises ClaimEnded."""
        return self._end(ClaimStatus.RELEASED, "claim-released", now)

    def remind(self, now: datetime) -> None:
        """Tell that nothing followed yet; the member has NOTICE_DAYS from now, also where that is told late."""
        if self.expires_on is not None:
            self.expires_on = max(self.expires_on, day_of(now) + timedelta(days=NOTICE_DAYS))
            self.remind_on = None
            self.record("claim-expiring")

    def expire(self, now: datetime) -> bool:
        """Nothing followed. Whether a place was given back. Raises ClaimEnded."""
        return self._end(ClaimStatus.EXPIRED, "claim-expired", now)

    def hand_over(
        self, offer: Offer, member: Registered, *, id: str, by: str, now: datetime, rules: Rules = NO_RULES
    ) -> "Claim":
        """Another member takes this one's place at once. Raises ClaimNotApproved, OfferClosed, RegisteredElsewhere,
        InvalidInput.
        """
        self._check_approved()
        offer.check_published()
        rules.check_reach(offer.community, member.community)
        if member.member_id == self.member_id:
            raise InvalidInput(
                path="to_member_id", reason_zh="须交接给另一位党员", reason_en="hand it over to another member"
            )
        self._end(ClaimStatus.HANDED_OVER, "claim-handed-over", now)
        successor = Claim._of(offer, member, id=id, by=Person(by), now=now)
        successor.status = ClaimStatus.APPROVED
        successor.review = ClaimReview(by=by, at=now)
        successor.succeeds = self.id
        successor._set_expiry(now, rules)
        successor.record("claim-approved")
        return successor

    def complete(self, now: datetime) -> None:
        """A pairing has done its work. Raises NotAPairing, ClaimNotApproved."""
        self.check_pairing()
        self.come_true(now)

    def come_true(self, now: datetime) -> None:
        """What the wish, or the pairing, was for is done. Raises ClaimNotApproved."""
        self._check_approved()
        self._end(ClaimStatus.COMPLETED, "claim-completed", now)

    def reopen(self) -> None:
        """The wish did not come true after all: it is taken up as it was before."""
        self.status, self.ended_at = ClaimStatus.APPROVED, None
        self.record("claim-reopened")

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

    def check_helps(self, offer: Offer) -> None:
        """Whether it lets its member know who is helped: until it ends, and of a wish until that is closed.

        Raises NotFound, ClaimNotApproved, OfferClosed.
        """
        if self.offer_id != offer.id:
            raise NotFound(path="offer_id", what_zh="认领", what_en="claim on this offer", id=self.id)
        self._check_approved()
        if offer.kind is OfferKind.WISH:
            offer.check_published()

    def snapshot(self) -> ClaimSnapshot:
        return ClaimSnapshot(
            offer_id=self.offer_id,
            kind=self.kind,
            member_id=self.member_id,
            unit_id=self.unit_id,
            community=self.community,
            earlier_communities=self.earlier_communities,
            status=self.status,
            requested_on=day_of(self.requested_at),
            decided_on=day_of(self.review.at) if self.review else None,
            ended_on=day_of(self.ended_at) if self.ended_at else None,
            attendance=self.attended.attendance if self.attended else None,
            expires_on=self.expires_on,
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

    def _wait(self, offer: Offer) -> None:
        self.status = ClaimStatus.WAITING
        self.queued = offer.join_queue()
        self.record("claim-queued")

    def _request(self, now: datetime, rules: Rules) -> None:
        self._set_expiry(now, rules)
        self.record("claim-requested")

    def _set_expiry(self, now: datetime, rules: Rules) -> None:
        standing = self.status is ClaimStatus.APPROVED and self.kind in STANDING
        self.expires_on = None if standing else day_of(now) + timedelta(days=rules.expire_claims_after_days)
        self.remind_on = self.expires_on and self.expires_on - timedelta(days=NOTICE_DAYS)

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
        self.expires_on = self.remind_on = None
        self.record(fact)
        return held_a_place
