"""A claim: a member takes up an offer; the host reviews it, the member may withdraw."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel
from servicekit.domain import Aggregate, NotFound

from service_tracking.domain.offer import Offer, OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.refusals import ClaimEnded, ClaimNotApproved, ClaimNotPending
from service_tracking.domain.registered import Registered


class ClaimStatus(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    RELEASED = "RELEASED"


LIVE = (ClaimStatus.PENDING, ClaimStatus.APPROVED)


class Decision(StrEnum):
    APPROVE = "APPROVE"
    DECLINE = "DECLINE"


class ClaimReview(BaseModel):
    """Who reviewed a claim and when; `by` is None where the offer approves by itself."""

    by: str | None
    at: datetime
    reason: str | None = None


class ClaimSnapshot(BaseModel):
    """The public state of a claim."""

    offer_id: str
    kind: OfferKind
    member_id: str
    unit_id: str
    community: str
    status: ClaimStatus


class Claim(Aggregate):
    """PENDING -> APPROVED or DECLINED; while live -> WITHDRAWN (by the member) or RELEASED (registration ended).

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

    @classmethod
    def request(cls, offer: Offer, member: Registered, *, id: str, by: Person, now: datetime) -> Self:
        """A claim that waits for review, or is approved at once where the offer says so.

        Raises OfferClosed, OfferNotOpen, OfferFull. An approval takes one of the offer's places.
        """
        offer.check_claimable(now)
        claim = cls(
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
        if offer.auto_approve:
            claim.approve(offer, by=None, now=now)
        else:
            claim.record("claim-requested")
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
        """The member's registration ended. Whether a place was given back. Raises ClaimEnded."""
        return self._end(ClaimStatus.RELEASED, "claim-released", now)

    def check_serves(self, member_id: str) -> None:
        """Whether this member may record service on it. Raises NotFound, ClaimNotApproved."""
        if self.member_id != member_id:
            raise NotFound(path="claim_id", what_zh="认领", what_en="claim of this member", id=self.id)
        if self.status is not ClaimStatus.APPROVED:
            raise ClaimNotApproved(path="claim_id", claim_id=self.id, current_status=self.status.value)

    def snapshot(self) -> ClaimSnapshot:
        return ClaimSnapshot(
            offer_id=self.offer_id,
            kind=self.kind,
            member_id=self.member_id,
            unit_id=self.unit_id,
            community=self.community,
            status=self.status,
        )

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
