"""What this service needs of service tracking's facts."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from evaluation.domain.facts import Kind
from evaluation.messages.counted import Counted, DivisionCode, Id, Subject, Word, dated, days


class EarlierCommunity(Counted):
    community: DivisionCode
    until: date


class Placed(Counted):
    """What a community has. Those of `earlier_communities` had it before: it was taken over."""

    community: DivisionCode
    earlier_communities: tuple[EarlierCommunity, ...] = ()

    def place(self) -> dict[str, Any]:
        stays = [{"division": one.community, "until": one.until} for one in self.earlier_communities]
        return {"division": self.community, "earlier": stays}


class OfferFact(Placed):
    kind: Word
    status: Word
    mode: Word | None = None
    agreement_id: Id | None = None
    published_on: date | None = None
    held_on: date | None = None
    repeats: bool = False

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.OFFER,
            **self.place(),
            # A post that recurs counts once: the days after its first are no posts of their own.
            "offer_kind": "OCCURRENCE" if self.repeats else self.kind,
            "status": self.status,
            "mode": self.mode or "",
            "collective": self.agreement_id is not None,
            **dated("on", self.held_on or self.published_on),
        }


class ClaimFact(Placed):
    """A claim says of which kind its offer is, so that it counts even when it arrives before its offer."""

    offer_id: Id | None = None
    kind: Word
    member_id: Id
    unit_id: Id
    status: Word
    requested_on: date | None = None
    decided_on: date | None = None
    ended_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.CLAIM,
            **self.place(),
            "unit": self.unit_id,
            "member": self.member_id,
            "offer": self.offer_id or "",
            "offer_kind": self.kind,
            "status": self.status,
            **dated("on", self.decided_on or self.requested_on),
            **dated("until", self.ended_on if self.decided_on else None),
        }


class RecordFact(Placed):
    member_id: Id
    unit_id: Id
    served_on: date
    hours: Annotated[Decimal, Field(ge=0, le=24 * 366, decimal_places=2)]
    vanguard: Word | None = None
    status: Word
    confirmed_on: date | None = None
    decided_by: Subject | None = None
    corrected_by: Subject | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.SERVICE,
            **self.place(),
            "unit": self.unit_id,
            "member": self.member_id,
            "status": self.status,
            "on": self.served_on,
            "hours": int(self.hours * 100),
            "vanguard": self.vanguard or "",
            "days": days(confirmed=self.confirmed_on),
            "decider": self.decided_by or "",
            "corrector": self.corrected_by or "",
        }


class ProblemFact(Placed):
    status: Word
    observed_on: date
    resolved_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.PROBLEM,
            **self.place(),
            "status": self.status,
            "on": self.observed_on,
            "days": days(resolved=self.resolved_on),
        }


class ProjectFact(Placed):
    unit_id: Id
    status: Word
    proposed_on: date
    started_on: date | None = None
    completed_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.PROJECT,
            **self.place(),
            "unit": self.unit_id,
            "status": self.status,
            "on": self.proposed_on,
            "days": days(started=self.started_on, completed=self.completed_on),
        }


class ServicePointFact(Placed):
    status: Word
    opened_on: date
    closed_on: date | None = None

    def counted(self) -> dict[str, Any]:
        return {
            "kind": Kind.SERVICE_POINT,
            **self.place(),
            "status": self.status,
            "on": self.opened_on,
            **dated("until", self.closed_on),
        }
