"""Open and revoke the own calendar feed."""

from typing import Any

import strawberry
from servicekit.graphql import Info
from servicekit.security import Target

from service_tracking.api import results
from service_tracking.api.calendar_types import CalendarFeed, CalendarFeedInput, RevokedCalendarFeed
from service_tracking.api.permitted import member_meant
from service_tracking.settings import CalendarAddress
from service_tracking.use_cases.calendar_feeds import open_feed, revoke_feed


@strawberry.type
class CalendarMutations:
    @strawberry.mutation(
        graphql_type=results.OpenCalendarFeedResult,
        description="开通日历订阅,旧地址随即失效;地址仅显示一次 / Open your calendar feed; an earlier address is dead",
    )
    async def open_calendar_feed(self, info: Info, input: CalendarFeedInput) -> Any:
        context = info.context
        member_id = member_meant(context, input.member_id)
        context.require("Mutation.openCalendarFeed", Target(member=member_id))
        feed, token = await context.run(open_feed, member_id)
        return CalendarFeed(url=f"{context.resource(CalendarAddress).url}{token}.ics", opened_at=feed.opened_at)

    @strawberry.mutation(
        graphql_type=results.RevokeCalendarFeedResult, description="撤销日历订阅 / Revoke your calendar feed"
    )
    async def revoke_calendar_feed(self, info: Info, input: CalendarFeedInput) -> Any:
        context = info.context
        member_id = member_meant(context, input.member_id)
        context.require("Mutation.revokeCalendarFeed", Target(member=member_id))
        feed = await context.run(revoke_feed, member_id)
        return RevokedCalendarFeed(revoked_at=feed.revoked_at)
