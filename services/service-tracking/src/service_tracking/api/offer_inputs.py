"""What publishing pairings, teams and activities, and running them, takes."""

from datetime import date

import strawberry
from servicekit.graphql import text

from service_tracking.domain.claim import Attendance
from service_tracking.domain.offer import ActivityMode, Occasion, OfferDraft, OfferKind
from service_tracking.use_cases.appoint_leader import AppointLeader
from service_tracking.use_cases.end_pairings import EndPairing
from service_tracking.use_cases.hand_over_claim import HandOverClaim
from service_tracking.use_cases.hold_activities import HoldActivity
from service_tracking.use_cases.log_follow_ups import LogFollowUp
from service_tracking.use_cases.take_attendance import TakeAttendance

COLLECTIVE = "集体活动的单位,须与该社区有有效协议 / The unit of a collective activity; it needs an agreement in force"


@strawberry.input
class PublishPairingNeedInput:
    community_code: strawberry.ID
    title: str = text(max=100)
    description: str = text(max=2_000, default="")
    auto_approve: bool = False
    opens_on: date | None = strawberry.field(default=None, description="不填则为今天 / Left out: today")
    closes_on: date | None = None
    reference: str | None = text(max=100, min=1, default=None)

    def draft(self) -> OfferDraft:
        return OfferDraft(
            kind=OfferKind.PAIRING,
            community=self.community_code,
            title=self.title,
            description=self.description,
            auto_approve=self.auto_approve,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            reference=self.reference,
        )


@strawberry.input
class FormTeamInput:
    community_code: strawberry.ID
    title: str = text(max=100)
    capacity: int
    leader_id: strawberry.ID | None = strawberry.field(
        default=None, description="队长,随即成为第一名队员 / The leader becomes its first member"
    )
    description: str = text(max=2_000, default="")
    auto_approve: bool = False
    opens_on: date | None = strawberry.field(default=None, description="不填则为今天 / Left out: today")
    closes_on: date | None = None
    reference: str | None = text(max=100, min=1, default=None)

    def draft(self) -> OfferDraft:
        return OfferDraft(
            kind=OfferKind.TEAM,
            community=self.community_code,
            title=self.title,
            description=self.description,
            capacity=self.capacity,
            auto_approve=self.auto_approve,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            reference=self.reference,
            leader_id=self.leader_id,
        )


@strawberry.input
class ScheduleActivityInput:
    community_code: strawberry.ID
    title: str = text(max=100)
    planned_on: date
    place: str = text(max=200)
    mode: ActivityMode
    capacity: int
    unit_id: strawberry.ID | None = strawberry.field(default=None, description=COLLECTIVE)
    description: str = text(max=2_000, default="")
    auto_approve: bool = False
    opens_on: date | None = strawberry.field(default=None, description="不填则为今天 / Left out: today")
    closes_on: date | None = None
    reference: str | None = text(max=100, min=1, default=None)

    def draft(self) -> OfferDraft:
        return OfferDraft(
            kind=OfferKind.ACTIVITY,
            community=self.community_code,
            title=self.title,
            description=self.description,
            capacity=self.capacity,
            auto_approve=self.auto_approve,
            opens_on=self.opens_on,
            closes_on=self.closes_on,
            reference=self.reference,
            occasion=Occasion(self.planned_on, self.place, self.mode, self.unit_id),
        )


@strawberry.input
class HoldActivityInput:
    activity_id: strawberry.ID
    held_on: date | None = strawberry.field(default=None, description="不填则为计划日期 / Left out: the day planned")

    def command(self) -> HoldActivity:
        return HoldActivity(self.activity_id, self.held_on)


@strawberry.input
class CancelActivityInput:
    activity_id: strawberry.ID


@strawberry.input
class RecordAttendanceInput:
    claim_id: strawberry.ID
    attendance: Attendance

    def command(self) -> TakeAttendance:
        return TakeAttendance(self.claim_id, self.attendance)


@strawberry.input
class EndPairingInput:
    claim_id: strawberry.ID

    def command(self) -> EndPairing:
        return EndPairing(self.claim_id)


@strawberry.input
class LogFollowUpInput:
    claim_id: strawberry.ID
    happened_on: date
    note: str = text(max=2_000)

    def command(self) -> LogFollowUp:
        return LogFollowUp(self.claim_id, self.happened_on, self.note)


@strawberry.input
class HandOverClaimInput:
    claim_id: strawberry.ID
    to_member_id: strawberry.ID

    def command(self) -> HandOverClaim:
        return HandOverClaim(self.claim_id, self.to_member_id)


@strawberry.input
class AppointLeaderInput:
    team_id: strawberry.ID
    member_id: strawberry.ID

    def command(self) -> AppointLeader:
        return AppointLeader(self.team_id, self.member_id)
