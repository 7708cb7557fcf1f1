"""Held lines: a unit's roster names somebody who is on another unit's. The county decides; till then nothing moves.

Neither a preview nor the answer about the row says so beforehand: else any unit could ask whose member a person is.
"""

from datetime import datetime

from servicekit.domain import Aggregate, new_id

from registration.domain.divisions import lane_of
from registration.domain.members import Member


class HeldLine(Aggregate):
    """`unit_id` claims the member, `holder_id` has it. In the lane of the unit that has it. Open until `settled_at`."""

    unit_id: str
    holder_id: str
    member_id: str
    held_at: datetime
    held_by: str
    settled_at: datetime | None = None

    def settle(self, now: datetime) -> None:
        self.settled_at = self.settled_at or now


def hold(unit_id: str, member: Member, *, by: str, now: datetime) -> HeldLine:
    return HeldLine(
        id=new_id(),
        lane=lane_of(member.unit_division),
        unit_id=unit_id,
        holder_id=member.unit_id,
        member_id=member.id,
        held_at=now,
        held_by=by,
    )
