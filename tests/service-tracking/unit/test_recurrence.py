"""Posts that recur: which days, which rules are refused, and that asking always comes to an end."""

import time
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_tracking.domain.offer import OfferDraft, OfferKind
from service_tracking.domain.recurrence import Recurrence
from service_tracking.domain.series import HORIZON, Series, SeriesDraft
from servicekit.domain import InvalidInput, new_id

FRIDAY = date(2026, 5, 1)
NOW = datetime(2026, 5, 1, 4, tzinfo=UTC)


def days(text: str, starts_on: date = FRIDAY, count: int = 3) -> list[str]:
    between = Recurrence(text, starts_on).between(starts_on, date(2028, 1, 1))
    return [day.isoformat() for day in islice(between, count)]


def series(recurrence: str, starts_on: date = FRIDAY) -> Series:
    post = OfferDraft(OfferKind.POST, "350802001001", "Patrol", capacity=3)
    return Series.publish(SeriesDraft(post, recurrence, starts_on), id="series", by="host", now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY", ["2026-05-01", "2026-05-02", "2026-05-03"]),
        ("FREQ=DAILY;INTERVAL=10", ["2026-05-01", "2026-05-11", "2026-05-21"]),
        ("FREQ=WEEKLY;BYDAY=SA", ["2026-05-02", "2026-05-09", "2026-05-16"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;COUNT=3", ["2026-05-02", "2026-05-03", "2026-05-16"]),
        ("FREQ=WEEKLY;BYDAY=SA;UNTIL=20260509", ["2026-05-02", "2026-05-09"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-05-29", "2026-06-26", "2026-07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-05-31", "2026-07-31", "2026-08-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=15,-1;COUNT=2", ["2026-05-15", "2026-05-31"]),
    ],
)
def test_a_rule_names_days(text: str, expected: list[str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "every Saturday",
        "RRULE:FREQ=DAILY",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1000",
        "FREQ=DAILY;COUNT=3;UNTIL=20260509",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYHOUR=8",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1SA",
        "FREQ=WEEKLY;BYDAY=SA;",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=1MO",
        "FREQ=MONTHLY;BYSETPOS=400;BYDAY=1MO",
        "FREQ=WEEKLY;UNTIL=20261399",
        "FREQ=WEEKLY;UNTIL=20200101",
        "FREQ=WEEKLY\nDTSTART:20260501",
        "freq=weekly",
    ],
)
def test_a_bad_rule_is_refused_with_its_path_and_without_a_search(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Recurrence(text, FRIDAY)

    assert refusal.value.path == "recurrence"


parts = st.builds(
    lambda freq, interval, more: f"FREQ={freq};INTERVAL={interval}{more}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    st.integers(0, 120),
    st.sampled_from(["", ";BYDAY=SU", ";BYDAY=5MO", ";BYDAY=-5SU", ";BYMONTHDAY=31", ";BYMONTHDAY=-31", ";COUNT=999"]),
)


@given(parts, st.dates(date(2016, 1, 1), date(2030, 12, 31)))
def test_every_rule_is_refused_or_expanded_in_little_time_and_within_its_bounds(text: str, starts_on: date) -> None:
    began = time.process_time()
    try:
        found = list(Recurrence(text, starts_on).between(starts_on, starts_on + HORIZON))
    except InvalidInput:
        found = []

    assert len(found) <= HORIZON.days + 1
    assert found == sorted(set(found))
    assert time.process_time() - began < 2


@given(parts, st.dates(date(2015, 1, 1), date(2016, 12, 31)))
def test_the_days_that_are_skipped_are_only_those_that_are_past(text: str, starts_on: date) -> None:
    try:
        rule = Recurrence(text, starts_on)
    except InvalidInput:
        return

    everything = list(rule.between(starts_on, FRIDAY + HORIZON))

    assert list(rule.between(FRIDAY, FRIDAY + HORIZON)) == [day for day in everything if day >= FRIDAY]


def test_a_first_day_long_ago_is_neither_searched_from_nor_taken() -> None:
    began = time.process_time()
    for _ in range(100):
        assert Recurrence("FREQ=DAILY", date(1000, 1, 1)).goes_on_after(FRIDAY)

    assert time.process_time() - began < 5
    with pytest.raises(InvalidInput) as refusal:
        series("FREQ=MONTHLY;BYDAY=1SA", date(1900, 1, 1))
    assert refusal.value.path == "starts_on"


def test_posts_are_published_some_weeks_ahead_each_with_places_of_its_own() -> None:
    patrol = series("FREQ=WEEKLY;BYDAY=SA")

    posts = patrol.expand(new_id, NOW)

    assert [post.occurs_on for post in posts] == [date(2026, 5, 2) + timedelta(days=7 * n) for n in range(8)]
    assert {(post.capacity, post.places_left) for post in posts} == {(3, 3)}
    assert all(post.closes_on == post.occurs_on and post.series_id == "series" for post in posts)
    assert [post.repeats for post in posts] == [False] + [True] * 7


def test_no_day_is_published_twice_and_none_is_left_out() -> None:
    patrol = series("FREQ=DAILY;INTERVAL=3")
    published: list[date | None] = []

    now = NOW
    for _ in range(6):
        published += [post.occurs_on for post in patrol.expand(new_id, now)]
        assert patrol.expand_on is not None
        now = datetime.combine(patrol.expand_on, now.timetz())

    assert published == [FRIDAY + timedelta(days=3 * n) for n in range(len(published))]
    assert len(published) > 25


def test_a_rule_that_ends_publishes_no_more() -> None:
    patrol = series("FREQ=WEEKLY;BYDAY=SA;COUNT=3")

    assert len(patrol.expand(new_id, NOW)) == 3
    assert patrol.expand_on is None


def test_days_that_are_past_are_not_published() -> None:
    patrol = series("FREQ=WEEKLY;BYDAY=SA", date(2016, 1, 1))

    assert patrol.expand(new_id, NOW)[0].occurs_on == date(2026, 5, 2)
    with pytest.raises(InvalidInput):
        series("FREQ=WEEKLY;BYDAY=SA;COUNT=3", date(2016, 1, 1))


@pytest.mark.parametrize("text", ["FREQ=WEEKLY;UNTIL=２０２７０１０１", "FREQ=DAILY;COUNT=٩٩"])
def test_digits_that_rfc_5545_does_not_know_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        Recurrence(text, FRIDAY)
