"""A follow-up: one entry in the log of a pairing."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel
from servicekit.domain import InvalidInput

from service_tracking.domain.claim import Claim
from service_tracking.domain.days import check_not_future
from service_tracking.domain.placed import Placed


class FollowUpSnapshot(BaseModel):
    """The public state of a follow-up: never what was found."""

    claim_id: str
    offer_id: str
    member_id: str
    unit_id: str
    community: str
    happened_on: date


class FollowUp(Placed):
    """What a helper found and did at one visit or call. Entries are added, never changed."""

    claim_id: str
    offer_id: str
    member_id: str
    unit_id: str
    happened_on: date
    note: str
    reference: str | None = None
    logged_by: str
    logged_at: datetime

    @classmethod
    def log(
        cls, claim: Claim, happened_on: date, note: str, reference: str | None, *, id: str, by: str, now: datetime
    ) -> Self:
        """`reference` is the writer's own key: sent twice, it is one entry. Raises NotAPairing, ClaimNotApproved,
        InvalidInput.
        """
        claim.check_pairing()
        claim.check_serves(claim.member_id)
        if not note.strip():
            raise InvalidInput(path="note", reason_zh="须写明情况", reason_en="say what was found or done")
        check_not_future(happened_on, now, path="happened_on")
        follow_up = cls(
            id=id,
            lane=claim.lane,
            claim_id=claim.id,
            offer_id=claim.offer_id,
            member_id=claim.member_id,
            unit_id=claim.unit_id,
            community=claim.community,
            happened_on=happened_on,
            note=note.strip(),
            reference=reference,
            logged_by=by,
            logged_at=now,
        )
        follow_up.record("follow-up-logged")
        return follow_up

    def snapshot(self) -> FollowUpSnapshot:
        return FollowUpSnapshot(**{name: getattr(self, name) for name in FollowUpSnapshot.model_fields})
