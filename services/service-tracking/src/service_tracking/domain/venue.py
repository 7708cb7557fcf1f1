"""Where and in what frame service is offered: service points and programmes of a community."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from servicekit.domain import InvalidInput

from service_tracking.domain.community import checked_community, lane_of
from service_tracking.domain.days import check_not_future, day_of
from service_tracking.domain.placed import Placed, PlacedSnapshot
from service_tracking.domain.refusals import StepNotPossible


class VenueKind(StrEnum):
    SERVICE_POINT = "SERVICE_POINT"
    PROGRAMME = "PROGRAMME"


class VenueStatus(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"


OPENED = {VenueKind.SERVICE_POINT: "service-point-opened", VenueKind.PROGRAMME: "programme-launched"}
CLOSED = {VenueKind.SERVICE_POINT: "service-point-closed", VenueKind.PROGRAMME: "programme-ended"}
MOVED = {VenueKind.SERVICE_POINT: "service-point-moved", VenueKind.PROGRAMME: "programme-moved"}


@dataclass(frozen=True, slots=True)
class VenueDraft:
    """`reference` is the sender's own key."""

    kind: VenueKind
    community: str
    name: str
    description: str = ""
    address: str = ""
    opened_on: date | None = None
    reference: str | None = None


class VenueSnapshot(PlacedSnapshot):
    """The public state of a service point or programme."""

    kind: VenueKind
    status: VenueStatus
    opened_on: date
    closed_on: date | None


class Venue(Placed):
    """OPEN until CLOSED."""

    kind: VenueKind
    name: str
    description: str
    address: str
    status: VenueStatus = VenueStatus.OPEN
    opened_on: date
    closed_on: date | None = None
    reference: str | None
    opened_by: str

    @classmethod
    def open(cls, draft: VenueDraft, *, id: str, by: str, now: datetime) -> Self:
        """Raises InvalidInput."""
        checked_community(draft.community)
        if not draft.name.strip():
            raise InvalidInput(path="name", reason_zh="名称不能为空", reason_en="the name is empty")
        opened_on = draft.opened_on or day_of(now)
        check_not_future(opened_on, now, path="opened_on")
        venue = cls(
            id=id,
            lane=lane_of(draft.community),
            kind=draft.kind,
            community=draft.community,
            name=draft.name.strip(),
            description=draft.description,
            address=draft.address.strip(),
            opened_on=opened_on,
            reference=draft.reference,
            opened_by=by,
        )
        venue.record(OPENED[draft.kind])
        return venue

    def close(self, on: date | None, now: datetime) -> None:
        """Raises StepNotPossible, InvalidInput."""
        if self.status is VenueStatus.CLOSED:
            raise StepNotPossible(path="id", id=self.id, current_status=self.status.value)
        day = on or day_of(now)
        check_not_future(day, now, path="on")
        if day < self.opened_on:
            raise InvalidInput(
                path="on", reason_zh=f"不能早于 {self.opened_on}", reason_en=f"not before {self.opened_on}"
            )
        self.status, self.closed_on = VenueStatus.CLOSED, day
        self.record(CLOSED[self.kind])

    def go_over(self, into: str, on: date) -> None:
        super().go_over(into, on)
        self.record(MOVED[self.kind])

    def snapshot(self) -> VenueSnapshot:
        return VenueSnapshot(**{name: getattr(self, name) for name in VenueSnapshot.model_fields})
