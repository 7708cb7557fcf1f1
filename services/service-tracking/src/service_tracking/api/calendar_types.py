"""Calendar feeds in the graph."""

from datetime import datetime

import strawberry

from service_tracking.api.claim_inputs import MEMBER


@strawberry.type(description="日历订阅地址;请勿转发 / The address of your calendar: whoever has it reads it")
class CalendarFeed:
    url: str
    opened_at: datetime


@strawberry.type(description="已撤销的日历订阅 / A feed that is dead")
class RevokedCalendarFeed:
    revoked_at: datetime | None


@strawberry.input
class CalendarFeedInput:
    member_id: strawberry.ID | None = strawberry.field(default=None, description=MEMBER)
