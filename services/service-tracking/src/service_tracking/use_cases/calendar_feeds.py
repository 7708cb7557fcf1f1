"""Open and revoke a member's calendar feed."""

import secrets

from servicekit.domain import NotFound, new_id
from servicekit.storage.work import Work, restore

from service_tracking.domain.calendar_feed import CalendarFeed
from service_tracking.storage.collections import CALENDAR_FEEDS
from service_tracking.storage.registrations import completed_registrations
from service_tracking.use_cases.rows import registered


async def open_feed(work: Work, member_id: str) -> tuple[CalendarFeed, str]:
    """The feed and its token, which is known here and now only; the earlier address is dead. Raises
    MemberNotRegistered.
    """
    member = registered(await completed_registrations(work, [member_id]), member_id)
    if (earlier := await _live(work, member_id)) is not None:
        earlier.revoke(work.now)
        work.save(CALENDAR_FEEDS, earlier)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.open(member, token, id=new_id(), now=work.now)
    work.save(CALENDAR_FEEDS, feed)
    return feed, token


async def revoke_feed(work: Work, member_id: str) -> CalendarFeed:
    """Raises NotFound."""
    feed = await _live(work, member_id)
    if feed is None:
        raise NotFound(path="member_id", what_zh="日历订阅", what_en="calendar feed of this member", id=member_id)
    feed.revoke(work.now)
    work.save(CALENDAR_FEEDS, feed)
    return feed


async def _live(work: Work, member_id: str) -> CalendarFeed | None:
    document = await work.collection(CALENDAR_FEEDS).find_one({"member_id": member_id, "live": True})
    return restore(CalendarFeed, document) if document else None
