"""What this service needs of service tracking's facts."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from evaluation.domain.facts import Kind
from evaluation.messages.counted import Counted, DivisionCode, Id, Word


class OfferFact(Counted):
    kind: Word
    community: DivisionCode
    status: Word

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.OFFER,
            "division": self.community,
            "offer_kind": self.kind,
            "status": self.status,
        }


class ClaimFact(Counted):
    """A claim says of which kind its offer is, so that it counts even when it arrives before its offer."""

    kind: Word
    member_id: Id
    unit_id: Id
    community: DivisionCode
    status: Word

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.CLAIM,
            "division": self.community,
            "unit": self.unit_id,
            "member": self.member_id,
            "offer_kind": self.kind,
            "status": self.status,
        }


class RecordFact(Counted):
    member_id: Id
    unit_id: Id
    community: DivisionCode
    served_on: date
    hours: Annotated[Decimal, Field(ge=0, le=24 * 366, decimal_places=2)]
    vanguard: Word | None = None
    status: Word

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.SERVICE,
            "division": self.community,
            "unit": self.unit_id,
            "member": self.member_id,
            "status": self.status,
            "on": self.served_on,
            "hours": int(self.hours * 100),
            "vanguard": self.vanguard or "",
        }
