"""The scenario keeps its own books right, before any service sees it."""

from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache

import pytest
from huijia_demo.city import build_city
from huijia_demo.city.model import City, Fate, Kind, OrganKind, Outcome, Presence, Verdict
from huijia_demo.city.tally import tally
from huijia_demo.figures import COMMUNITIES, FIGURES, FUNDING_FLOOR
from hypothesis import given, settings
from hypothesis import strategies as st
from registration.domain.reconciling import PlatformLine, ReconciliationStatus, RosterLine, Standing, reconcile
from stdnum.cn import ric, uscc

SCALES = st.integers(min_value=10, max_value=150).map(lambda share: share / 10_000)
ODD_SCALES = st.one_of(SCALES, st.floats(min_value=0.001, max_value=0.05))
with_cities = settings(max_examples=12, deadline=None)


@given(ODD_SCALES)
@settings(max_examples=40, deadline=None)
def test_the_scenario_comes_out_at_the_scaled_figures_at_every_scale(scale: float) -> None:
    measured = tally(build_city(scale))

    assert measured == {figure.id: figure.expected(scale) for figure in FIGURES}


@cache
def whole_city() -> City:
    return build_city(1)


def test_the_whole_city_comes_out_at_the_published_figures() -> None:
    measured = tally(whole_city())

    assert measured == {figure.id: figure.as_published for figure in FIGURES}


def test_the_whole_citys_residual_list_names_eleven_people() -> None:
    standings = {Fate.SUBMITTED: Standing.SUBMITTED, Fate.CERTIFIED: Standing.CERTIFIED}
    people = [one for one in whole_city().people if one.presence is not Presence.LEAVES]
    roster = [RosterLine(one.id_number, one.unit.name, one.community) for one in people]
    platform = [
        PlatformLine(one.id_number, one.id_number, one.community, standings.get(one.fate, Standing.COMPLETED))
        for one in people
        if one.fate is not Fate.NONE
    ]

    lines = reconcile(roster, platform, {}, {})

    left = [line.member_id for line in lines if line.status is not ReconciliationStatus.COMPLETED]
    assert len(lines) == 37_466
    assert len(set(left)) == len(left) == 11


@given(SCALES)
@with_cities
def test_no_offer_promises_more_places_than_it_has(scale: float) -> None:
    city = build_city(scale)

    wanted = Counter(claim.offer for claim in city.claims if not claim.waits)

    assert all(count <= offer.capacity for offer, count in wanted.items())
    assert all(offer.capacity == 1 for offer in city.offers if offer.kind in (Kind.WISH, Kind.PAIRING))


@given(SCALES)
@with_cities
def test_only_the_registered_claim_and_serve_and_each_claims_an_offer_once_and_serves_once_a_day(scale: float) -> None:
    city = build_city(scale)

    assert all(claim.person.fate.completes and claim.person.community == claim.offer.community for claim in city.claims)
    assert max(Counter((claim.offer, claim.person) for claim in city.claims).values()) == 1
    assert all(
        record.person.fate.completes and record.served_on > record.person.registers_on for record in city.records
    )
    assert max(Counter((record.person, record.served_on) for record in city.records).values()) == 1


@given(SCALES)
@with_cities
def test_a_record_follows_an_approved_claim_of_the_same_person_on_an_open_offer(scale: float) -> None:
    followed = [(record, record.claim) for record in build_city(scale).records if record.claim]

    assert all(
        claim.person is record.person and claim.verdict is Verdict.APPROVED and claim.offer.opens_on <= record.served_on
        for record, claim in followed
    )
    assert all(Decimal("0.5") <= record.hours <= 4 for record, _ in followed)


@given(SCALES)
@with_cities
def test_everybody_can_be_placed_either_by_residence_or_by_the_units_agreement(scale: float) -> None:
    city = build_city(scale)

    assert all(person.by_residence or person.unit.community == person.community for person in city.people)
    assert {person.unit for person in city.people if person.fate.completes} == set(city.units)


@given(SCALES)
@with_cities
def test_what_must_not_be_counted_is_there_to_be_left_out(scale: float) -> None:
    city = build_city(scale)

    assert {claim.verdict for claim in city.claims} == set(Verdict)
    assert {record.outcome for record in city.records} == set(Outcome)
    assert {person.presence for person in city.people} == set(Presence)
    assert any(claim.waits for claim in city.claims)
    assert any(offer.recurrence for offer in city.offers)
    assert any(person.alone for person in city.people)
    assert {Fate.COMPLETED_AFTER_REJECTION, Fate.COMPLETED_AFTER_WITHDRAWAL} < {person.fate for person in city.people}
    assert all(not person.fate.completes for person in city.people if person.presence is Presence.LEAVES)


@given(SCALES)
@with_cities
def test_teams_activities_and_projects_keep_to_their_community_and_its_agreements(scale: float) -> None:
    city = build_city(scale)

    teams = [offer for offer in city.offers if offer.kind is Kind.TEAM]
    assert all(team.leader and team.leader.fate.completes and team.leader.community == team.community for team in teams)
    assert all(one.unit is None or one.unit.community == one.community for one in city.activities)
    assert any(one.unit is None for one in city.activities)
    assert {project.unit for project in city.projects} <= set(city.units)


@given(SCALES)
@with_cities
def test_what_was_not_held_solved_started_or_is_closed_is_there_to_be_left_out(scale: float) -> None:
    city = build_city(scale)

    assert {one.path[-1] for one in city.activities} == {"PUBLISHED", "HELD", "CANCELLED"}
    assert {"REPORTED", "DECLINED", "ASSIGNED", "RESOLVED", "REOPENED"} <= {one.path[-1] for one in city.problems}
    assert {"PROPOSED", "COMPLETED", "CANCELLED"} <= {one.path[-1] for one in city.projects}
    assert {one.path[-1] for one in city.service_points} == {"OPEN", "CLOSED"}
    assert all(one.person.alone for one in city.problems if one.path[-1] == "CONFIRMED")


@given(SCALES)
@with_cities
def test_everybody_registered_is_placed_into_a_grid_of_the_own_community(scale: float) -> None:
    city = build_city(scale)

    assert {person for person in city.people if person.fate.completes} == set(city.placements)
    assert all(person.community == grid.community for person, grid in city.placements.items())


@given(SCALES)
@with_cities
def test_nobody_is_appointed_or_linked_twice_and_who_left_or_is_too_poor_is_there_to_be_left_out(scale: float) -> None:
    city = build_city(scale)

    appointed = [one.person for one in city.appointments]
    assert len(set(appointed)) == len(appointed)
    in_force = [link.leader for link in city.leader_links if link.ended_on is None]
    assert len(set(in_force)) == len(in_force)
    assert {one.rank for one in city.appointments if one.ended_on} == {"BUREAU", "DIVISION", "SECTION"}
    assert any(profile.funding < FUNDING_FLOOR for profile in city.profiles)
    assert {organ.kind for organ in city.organs if organ.ended_on} == set(OrganKind)


@given(SCALES)
@with_cities
def test_numbers_are_valid_and_name_one_person_even_masked_within_a_unit(scale: float) -> None:
    city = build_city(scale)

    masked = defaultdict(set)
    for person in city.people:
        masked[person.unit].add(person.masked_id)

    assert all(ric.is_valid(person.id_number) for person in city.people)
    assert all(uscc.is_valid(unit.credit_code) for unit in city.units)
    assert len({person.id_number for person in city.people}) == len(city.people)
    assert sum(map(len, masked.values())) == len(city.people)


def test_the_official_table_has_all_communities_of_the_city_with_their_parents() -> None:
    codes = [division.code for division in build_city(0.001).divisions]
    communities = [code for code in codes if len(code) == 12]

    assert len(codes) == len(set(codes))
    assert len(communities) == COMMUNITIES.published
    assert all(code[:9] in codes and code[:6] in codes for code in communities)
    assert sum(code.startswith("350802") for code in communities) == len(communities) // 2


def test_the_same_scale_is_the_same_city() -> None:
    assert _summary(build_city(0.01)) == _summary(build_city(0.01))


@pytest.mark.parametrize("scale", [0, -1, 0.0009, 1.1, float("nan")])
def test_a_scale_that_the_figures_cannot_meet_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match=r"outside 0\.001 to 1"):
        build_city(scale)


def _summary(city: City) -> list[tuple[str, ...]]:
    return [
        *((person.id_number, person.name, person.community, person.fate) for person in city.people),
        *((record.person.id_number, str(record.served_on), record.outcome) for record in city.records),
    ]
