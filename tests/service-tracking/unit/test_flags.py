"""Flags: overlap, velocity and duplicates are shown for review."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_tracking.domain.flags import Flag, Served, flags
from service_tracking.domain.service import Service, Vanguard
from servicekit.domain import InvalidInput, new_id

DAY = date(2026, 3, 5)
NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


def served(**changes: Any) -> Served:
    told = {"member_id": "m", "community": "c", "activity": new_id(), "served_on": DAY, "hours": Decimal(2)}
    return Served(**{"record_id": new_id(), "started_at": None, **told, **changes})


@pytest.mark.parametrize(
    ("minutes", "found"), [(0, [Flag.OVERLAP]), (119, [Flag.OVERLAP]), (120, []), (-120, []), (-119, [Flag.OVERLAP])]
)
def test_back_to_back_is_no_overlap(minutes: int, found: list[Flag]) -> None:
    other = served(started_at=NOON + timedelta(minutes=minutes))

    assert flags(served(started_at=NOON), [other]) == found


@given(st.integers(0, 2000), st.integers(1, 240), st.integers(0, 2000), st.integers(1, 240))
def test_overlap_is_seen_from_both_sides_or_from_none(a: int, a_tenths: int, b: int, b_tenths: int) -> None:
    one = served(started_at=NOON + timedelta(minutes=a), hours=Decimal(a_tenths) / 10)
    other = served(started_at=NOON + timedelta(minutes=b), hours=Decimal(b_tenths) / 10)

    assert flags(one, [one, other]) == flags(other, [one, other])
    assert bool(flags(one, [other])) == (a < b + 6 * b_tenths and b < a + 6 * a_tenths)


def test_without_a_beginning_nothing_overlaps() -> None:
    assert flags(served(), [served(started_at=NOON)]) == []


def test_the_same_activity_on_the_same_day_in_the_same_place_is_a_duplicate() -> None:
    one = served(activity="Night patrol")

    assert flags(one, [one, served(activity="night  Patrol ")]) == [Flag.DUPLICATE]
    assert flags(one, [served(activity="Night patrol", community="elsewhere")]) == []
    assert flags(one, [served(activity="Night patrol", member_id="another")]) == []


def test_a_fifth_service_on_one_day_is_flagged() -> None:
    four = [served() for _ in range(4)]

    assert flags(four[0], four) == []
    assert flags(served(), four) == [Flag.VELOCITY]


def test_service_at_an_activity_where_nobody_saw_the_member_is_flagged() -> None:
    one, other = served(claim_id="a claim"), served()

    assert flags(one, [one, other], {"a claim"}) == [Flag.ABSENT]
    assert flags(other, [one, other], {"a claim"}) == []


@pytest.mark.parametrize("started_at", [NOON + timedelta(days=1), NOON.replace(tzinfo=None)])
def test_a_beginning_on_another_day_or_nowhere_is_refused(started_at: datetime) -> None:
    service = Service("Patrol", DAY, Decimal(2), Vanguard.MEDIATION, started_at=started_at)

    with pytest.raises(InvalidInput) as refused:
        service.check(datetime(2026, 5, 20, tzinfo=UTC))

    assert refused.value.path == "started_at"


def test_a_service_that_has_not_begun_is_refused() -> None:
    service = Service("Patrol", DAY, Decimal(2), Vanguard.MEDIATION, started_at=NOON)

    service.check(NOON)
    with pytest.raises(InvalidInput) as refused:
        service.check(NOON - timedelta(seconds=1))

    assert refused.value.path == "started_at"
