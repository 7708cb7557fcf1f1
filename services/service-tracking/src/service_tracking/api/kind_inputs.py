"""What running pairings, teams and activities takes."""

from datetime import date

import strawberry
from servicekit.graphql import text

from service_tracking.domain.claim import Attendance
from service_tracking.use_cases.appoint_leader import AppointLeader
from service_tracking.use_cases.end_pairings import EndPairing
from service_tracking.use_cases.hand_over_claim import HandOverClaim
from service_tracking.use_cases.hold_activities import HoldActivity
from service_tracking.use_cases.log_follow_ups import LogFollowUp
from service_tracking.use_cases.take_attendance import TakeAttendance


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
    reference: str | None = text(max=100, min=1, default=None)

    def command(self) -> LogFollowUp:
        return LogFollowUp(self.claim_id, self.happened_on, self.note, self.reference)


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
