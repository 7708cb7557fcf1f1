"""The calendar feed: the approved claims of one member, for whoever has the address, until it is revoked."""

import asyncio
from datetime import date
from typing import Any

from icalendar import Calendar
from service_tracking.domain.offer import OfferKind
from service_tracking.storage.collections import CALENDAR_FEEDS
from service_tracking.use_cases.calendar_feeds import open_feed
from service_tracking.use_cases.cancel_activity import cancel_activity
from service_tracking.use_cases.withdraw_claim import withdraw_claim
from servicekit.security import Role

from .http import get

OPEN = "mutation($v: CalendarFeedInput!) { openCalendarFeed(input: $v) { __typename ... on CalendarFeed { url } } }"
REVOKE = "mutation($v: CalendarFeedInput!) { revokeCalendarFeed(input: $v) { __typename } }"


async def opened(api: Any, member: str) -> str:
    found = await api.result(OPEN, (Role.MEMBER, member), v={})
    url: str = found["url"]
    return url


async def read(api: Any, url: str) -> Calendar:
    status, body, headers = await get(api.app, url)
    assert (status, headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(body)


async def test_it_holds_the_members_approved_claims_and_nobody_elses(town: Any, api: Any) -> None:
    member, other = await town.members(2)
    activity = await town.activity(on=date(2027, 5, 4), auto_approve=True)
    wish = await town.offer(kind=OfferKind.WISH, auto_approve=True, closes_on=date(2027, 6, 1))
    waiting = await town.offer(capacity=2)
    await town.beneficiary(wish)
    claims = [await town.claim(offer, member) for offer in (activity, wish, waiting)]
    await town.claim(activity, other)

    calendar = await read(api, await opened(api, member))

    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == {f"{claim.id}@huijia" for claim in claims[:2]}
    planned = events[f"{claims[0].id}@huijia"]
    assert (planned.decoded("dtstart"), planned.decoded("dtend")) == (date(2027, 5, 4), date(2027, 5, 5))
    assert (str(planned["location"]), str(planned["transp"])) == ("the square", "OPAQUE")
    assert events[f"{claims[1].id}@huijia"].decoded("dtstart") == date(2027, 6, 1)
    text = calendar.to_ical().decode()
    assert not [secret for secret in ("林秀英", "13959012345", other, member) if secret in text]


async def test_what_is_withdrawn_is_gone(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    claim = await town.claim(await town.offer(auto_approve=True), member)
    url = await opened(api, member)

    before = await read(api, url)
    await town.run(withdraw_claim, claim.id)
    after = await read(api, url)

    assert [len(calendar.walk("VEVENT")) for calendar in (before, after)] == [1, 0]


async def test_an_activity_that_is_cancelled_says_so_under_the_name_it_had(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    activity = await town.activity(on=date(2027, 5, 4), auto_approve=True)
    withdrawn = await town.activity(on=date(2027, 5, 5), auto_approve=True)
    claim, left = [await town.claim(one, member) for one in (activity, withdrawn)]
    await town.run(withdraw_claim, left.id)
    url = await opened(api, member)

    (before,) = (await read(api, url)).walk("VEVENT")
    for one in (activity, withdrawn):
        await town.run(cancel_activity, one.id)
    (after,) = (await read(api, url)).walk("VEVENT")

    assert {str(event["uid"]) for event in (before, after)} == {f"{claim.id}@huijia"}
    assert [str(event["status"]) for event in (before, after)] == ["CONFIRMED", "CANCELLED"]
    assert after["sequence"] > before["sequence"]


async def test_a_revoked_replaced_or_guessed_address_is_dead(town: Any, api: Any) -> None:
    (member,) = await town.members(1)
    first = await opened(api, member)
    second = await opened(api, member)

    statuses = [(await get(api.app, url))[0] for url in (first, second, "/calendar/guessed.ics")]
    revoked = [(await api.result(REVOKE, (Role.MEMBER, member), v={}))["__typename"] for _ in range(2)]

    assert statuses == [404, 200, 404]
    assert revoked == ["RevokedCalendarFeed", "NotFound"]
    assert (await get(api.app, second))[0] == 404


async def test_only_a_hash_of_the_token_is_kept_and_one_feed_lives(town: Any) -> None:
    (member,) = await town.members(1)

    made = await asyncio.gather(*(town.run(open_feed, member) for _ in range(4)))

    kept = await town.database[CALENDAR_FEEDS].find({"member_id": member}).to_list()
    assert [one["live"] for one in kept].count(True) == 1
    assert not [token for _, token in made if token in str(kept)]


async def test_nobody_opens_another_members_feed(town: Any, api: Any) -> None:
    member, other = await town.members(2)

    answer = await api.result(OPEN, (Role.MEMBER, member), v={"memberId": other})

    assert answer["__typename"] == "NotPermitted"
