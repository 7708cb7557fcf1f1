"""What each kind of fact counts as."""

from datetime import date
from typing import Any

import pytest
from evaluation.domain.contributions import CellKey, StandingKey, contribution, standing_contribution
from evaluation.domain.facts import Fact, Kind, Stay
from evaluation.domain.spans import Span, by_place, spans


def fact(kind: Kind, **values: object) -> Fact:
    given = {
        "id": "1",
        "version": 1,
        "kind": kind,
        "lane": "350802",
        "division": "350802001001",
        "unit": "u1",
        "on": date(2017, 3, 5),
    }
    return Fact.model_validate(given | values)


def counters(fact: Fact) -> dict[str, int]:
    """What it counts as for good."""
    return {span.counter: span.amount for span in spans(fact) if span.until is None}


def means(funding: int, added: int = 0, premises: int = 0) -> dict[str, int]:
    return {"funding": funding, "added_funding": added, "added_premises": premises}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (fact(Kind.ROSTER_LINE, status="ACTIVE"), {"roster_lines": 1}),
        (fact(Kind.ROSTER_LINE, status="LEFT"), {}),
        (fact(Kind.REGISTRATION, status="COMPLETED"), {"registrations": 1, "registered": 1}),
        (
            fact(Kind.REGISTRATION, status="COMPLETED", home="350803"),
            {"registrations": 1, "registered": 1, "registered_lines": 1},
        ),
        (fact(Kind.REGISTRATION, status="CERTIFIED"), {"registrations": 1}),
        (fact(Kind.REGISTRATION, status="ENDED"), {}),
        (fact(Kind.GRID), {"grids": 1}),
        (fact(Kind.OFFER, offer_kind="POST", status="PUBLISHED"), {"posts": 1}),
        (fact(Kind.OFFER, offer_kind="WISH", status="CLOSED"), {"wishes": 1}),
        (fact(Kind.OFFER, offer_kind="UNHEARD_OF", status="PUBLISHED"), {}),
        (fact(Kind.CLAIM, offer_kind="POST", status="APPROVED"), {"post_claims": 1}),
        (fact(Kind.CLAIM, offer_kind="WISH", status="APPROVED"), {"wish_claims": 1}),
        (fact(Kind.CLAIM, offer_kind="POST", status="WITHDRAWN"), {}),
        (fact(Kind.SERVICE, status="CONFIRMED", hours=150), {"services": 1, "hours": 150}),
        (fact(Kind.SERVICE, status="SUBMITTED", hours=150), {}),
        (fact(Kind.DIVISION), {}),
        (fact(Kind.UNIT), {"units": 1}),
        (fact(Kind.AGREEMENT, status="ACTIVE"), {"agreements": 1}),
        (fact(Kind.PROBLEM, status="REOPENED"), {"problems": 1}),
        (fact(Kind.PROBLEM, status="RESOLVED"), {"problems": 1, "problems_solved": 1}),
        (fact(Kind.PROJECT, status="PROPOSED"), {}),
        (fact(Kind.PROJECT, status="STARTED"), {"projects_started": 1}),
        (fact(Kind.PROJECT, status="COMPLETED"), {"projects_started": 1, "projects_completed": 1}),
        (fact(Kind.PROJECT, status="CANCELLED"), {}),
        (fact(Kind.SERVICE_POINT, status="OPEN"), {"service_points": 1}),
        (fact(Kind.SERVICE_POINT, status="CLOSED"), {}),
        (fact(Kind.ORGAN, organ_kind="OWNERS_COMMITTEE", status="ACTIVE"), {"owners_committees": 1}),
        (fact(Kind.ORGAN, organ_kind="OWNERS_COMMITTEE", status="ENDED"), {}),
        (fact(Kind.LEADER_LINK, status="ACTIVE"), {"leader_links": 1}),
        (
            fact(Kind.APPOINTMENT, status="ACTIVE", organ_kind="OWNERS_COMMITTEE", role="SECRETARY", rank="DIVISION"),
            {"division_officials": 1},
        ),
        (fact(Kind.APPOINTMENT, status="ACTIVE", organ_kind="OWNERS_COMMITTEE", role="ADVISER", rank="NONE"), {}),
        (fact(Kind.APPOINTMENT, status="ACTIVE", organ_kind="ENTERPRISE_BRANCH", role="ADVISER", rank="BUREAU"), {}),
        (fact(Kind.APPOINTMENT, status="ACTIVE", role="FIRST_SECRETARY", rank="SECTION"), {"first_secretaries": 1}),
        (fact(Kind.APPOINTMENT, status="ENDED", role="FIRST_SECRETARY", rank="SECTION"), {}),
        (fact(Kind.PROFILE, amounts=means(129_999)), {"profiles": 1}),
        (
            fact(Kind.PROFILE, amounts=means(130_000, 30_000, 40)),
            {"profiles": 1, "funded_communities": 1, "new_funding": 30_000, "new_premises": 40},
        ),
    ],
)
def test_only_a_state_that_counts_contributes(given: Fact, expected: dict[str, int]) -> None:
    assert counters(given) == expected


def test_a_count_goes_into_the_units_month_and_into_the_year_of_its_place() -> None:
    counted = contribution(fact(Kind.SERVICE, status="CONFIRMED", hours=150))

    assert counted == {
        CellKey("350802", "350802001001", "u1", "2017-03"): {"services": 1, "hours": 150},
        CellKey("350802", "350802001001", "*m", "2017-03"): {"services": 1, "hours": 150},
        CellKey("350802", "350802001001", "*", "2017"): {"services": 1, "hours": 150},
    }


def test_a_confirmed_service_adds_to_its_members_year() -> None:
    counted = standing_contribution(
        fact(Kind.SERVICE, status="CONFIRMED", hours=150, member="m1", vanguard="MEDIATION")
    )

    assert counted == {
        StandingKey("350802", "m1"): {
            "month/2017-03": 1,
            "year/2017/services": 1,
            "year/2017/hours": 150,
            "year/2017/vanguard/MEDIATION": 1,
        }
    }


def test_a_rejected_service_adds_to_no_standing() -> None:
    assert standing_contribution(fact(Kind.SERVICE, status="REJECTED", hours=150, member="m1")) == {}


def test_a_claim_is_counted_but_is_no_part_of_a_standing() -> None:
    assert standing_contribution(fact(Kind.CLAIM, offer_kind="POST", status="APPROVED", member="m1")) == {}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"offer_kind": "PAIRING", "status": "CLOSED"}, {"pairings": 1}),
        ({"offer_kind": "TEAM", "status": "PUBLISHED"}, {"teams": 1}),
        ({"offer_kind": "ACTIVITY", "status": "PUBLISHED", "mode": "TEAM"}, {}),
        ({"offer_kind": "ACTIVITY", "status": "CANCELLED", "mode": "TEAM"}, {}),
        ({"offer_kind": "ACTIVITY", "status": "HELD", "mode": "TEAM"}, {"team_services": 1}),
        ({"offer_kind": "ACTIVITY", "status": "HELD", "mode": "THEMED"}, {"themed_activities": 1}),
        ({"offer_kind": "ACTIVITY", "status": "HELD", "mode": "FIXED_POINT"}, {}),
        (
            {"offer_kind": "ACTIVITY", "status": "HELD", "mode": "THEMED", "collective": True},
            {"themed_activities": 1, "collective_activities": 1},
        ),
    ],
)
def test_offers_of_every_kind_count_by_their_state(told: dict[str, Any], expected: dict[str, int]) -> None:
    assert counters(fact(Kind.OFFER, **told)) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("APPROVED", {"pairs": 1}), ("COMPLETED", {"pairs": 1}), ("HANDED_OVER", {}), ("RELEASED", {}), ("PENDING", {})],
)
def test_a_pairing_counts_while_it_is_active_and_when_it_was_completed(status: str, expected: dict[str, int]) -> None:
    assert counters(fact(Kind.CLAIM, offer_kind="PAIRING", status=status)) == expected


FIRST, LAST = date(2016, 5, 10), date(2017, 8, 1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (fact(Kind.ROSTER_LINE, status="LEFT", on=FIRST, until=LAST), [Span("roster_lines", FIRST, LAST)]),
        (fact(Kind.LEADER_LINK, status="ENDED", on=FIRST, until=LAST), [Span("leader_links", FIRST, LAST)]),
        (fact(Kind.LEADER_LINK, status="ENDED", on=FIRST, until=FIRST), []),
        (fact(Kind.AGREEMENT, status="ACTIVE", on=FIRST, until=LAST), [Span("agreements", FIRST, LAST)]),
        (
            fact(Kind.CLAIM, offer_kind="POST", status="WITHDRAWN", on=FIRST, until=LAST),
            [Span("post_claims", FIRST, LAST)],
        ),
        (fact(Kind.CLAIM, offer_kind="POST", status="DECLINED", on=FIRST, until=LAST), []),
        (
            fact(Kind.PROBLEM, status="CONFIRMED", on=FIRST, days={"resolved": LAST}),
            [Span("problems", FIRST), Span("problems_solved", LAST)],
        ),
        (
            fact(Kind.PROJECT, status="COMPLETED", on=FIRST, days={"started": FIRST, "completed": LAST}),
            [Span("projects_started", FIRST), Span("projects_completed", LAST)],
        ),
    ],
)
def test_what_ended_counts_from_its_first_day_until_the_day_it_ended(given: Fact, expected: list[Span]) -> None:
    assert spans(given) == expected


def test_a_registration_counts_among_the_roster_lines_while_its_member_is_on_a_roster() -> None:
    days = {"on_roster_since": date(2016, 7, 1), "left_roster": date(2017, 3, 1), "submitted": date(2016, 5, 1)}

    counted = spans(fact(Kind.REGISTRATION, status="COMPLETED", home="350803", on=FIRST, days=days))

    assert counted == [
        Span("registrations", date(2016, 5, 1)),
        Span("registered", FIRST),
        Span("registered_lines", date(2016, 7, 1), date(2017, 3, 1), division="350803"),
    ]


def test_a_cell_has_what_began_in_its_month_less_what_ceased() -> None:
    counted = contribution(fact(Kind.ROSTER_LINE, status="LEFT", on=FIRST, until=LAST))

    assert {key.period: counts["roster_lines"] for key, counts in counted.items() if key.unit in ("*m", "*")} == {
        "2016-05": 1,
        "2016": 1,
        "2017-08": -1,
        "2017": -1,
    }


FORMER, TAKER = "350802001001", "350802001002"
TAKEN_OVER = date(2017, 1, 1)
MOVED = (Stay(division=FORMER, until=TAKEN_OVER),)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span("posts", FIRST), [Span("posts", FIRST, TAKEN_OVER, division=FORMER), Span("posts", TAKEN_OVER)]),
        (Span("posts", LAST), [Span("posts", LAST)]),
        (Span("posts", FIRST, date(2016, 8, 1)), [Span("posts", FIRST, date(2016, 8, 1), division=FORMER)]),
        (Span("posts", FIRST, division="350803"), [Span("posts", FIRST, division="350803")]),
    ],
)
def test_what_was_taken_over_counts_in_its_earlier_place_until_that_day(span: Span, expected: list[Span]) -> None:
    moved = fact(Kind.OFFER, division=TAKER, earlier=MOVED)

    assert list(by_place(moved, [span])) == expected


def test_what_was_taken_over_twice_counts_once_on_any_day_whichever_day_came_first() -> None:
    stays = (Stay(division=FORMER, until=TAKEN_OVER), Stay(division="350802001003", until=date(2016, 12, 1)))
    counted = contribution(fact(Kind.PROBLEM, division=TAKER, earlier=stays, on=FIRST))

    years = {(key.division, key.period): counts["problems"] for key, counts in counted.items() if key.unit == "*"}
    assert years == {(FORMER, "2016"): 1, (FORMER, "2017"): -1, (TAKER, "2017"): 1}


def test_a_service_that_was_taken_over_counts_once_in_its_members_standing() -> None:
    moved = fact(Kind.SERVICE, status="CONFIRMED", hours=150, member="m1", on=FIRST, earlier=MOVED, division=TAKER)

    assert standing_contribution(moved)[StandingKey("350802", "m1")]["year/2016/services"] == 1


def test_a_profile_counts_until_its_community_was_taken_over() -> None:
    closed = fact(Kind.PROFILE, amounts=means(130_000, 30_000), on=FIRST, until=LAST)

    assert spans(closed) == [
        Span("profiles", FIRST, LAST),
        Span("funded_communities", FIRST, LAST),
        Span("new_funding", FIRST, LAST, 30_000),
    ]
