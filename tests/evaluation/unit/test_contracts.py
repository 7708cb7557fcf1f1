"""What the others publish is what this service understands."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from evaluation.domain.spans import spans
from evaluation.messages.consumed import CONSUMED
from evaluation.messages.handlers import fact_of
from pydantic import BaseModel
from registration.domain.agreements import AgreementSnapshot, AgreementStatus
from registration.domain.appointments import AppointmentRole, AppointmentSnapshot, Rank
from registration.domain.divisions import DivisionSnapshot, Level
from registration.domain.grids import GridSnapshot
from registration.domain.members import MemberSnapshot
from registration.domain.organs import OrganKind
from registration.domain.placement import Basis
from registration.domain.profiles import ProfileSnapshot
from registration.domain.registrations import RegistrationSnapshot, RegistrationStatus
from registration.domain.units import UnitSnapshot
from registration.messages import published as registration
from service_tracking.domain.claim import ClaimSnapshot, ClaimStatus
from service_tracking.domain.offer import OfferKind, OfferSnapshot, OfferStatus
from service_tracking.domain.record import RecordSnapshot, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard
from service_tracking.messages import published as service_tracking
from servicekit.bus.apply import Consumes
from servicekit.events import Fact as Told

COMMUNITY = "350802001001"
PERSON = {"member_id": "m1", "unit_id": "u1", "community": COMMUNITY}

AGREEMENT = AgreementSnapshot.model_construct(
    agreement_id="a1",
    unit_id="u1",
    community=COMMUNITY,
    primary=True,
    support=[],
    status=AgreementStatus.ACTIVE,
    starts_on=date(2016, 1, 1),
    ends_on=None,
    ended_on=None,
)
SAMPLES: list[tuple[str, str, BaseModel, dict[str, int]]] = [
    (
        "registration",
        "division-imported",
        DivisionSnapshot.model_construct(
            code=COMMUNITY, name="东城", level=Level.COMMUNITY, parent="350802001", valid_until=None
        ),
        {"divisions": 1},
    ),
    (
        "registration",
        "unit-registered",
        UnitSnapshot.model_construct(unit_id="u1", name="第一中学", line="education", division="350802001"),
        {"units": 1},
    ),
    (
        "registration",
        "unit-merged",
        UnitSnapshot.model_construct(unit_id="u1", name="x", line="x", division="350802001", merged_into="u2"),
        {},
    ),
    (
        "registration",
        "agreement-signed",
        AGREEMENT,
        {"agreements": 1},
    ),
    (
        "registration",
        "agreement-signed",
        AGREEMENT.model_copy(update={"ends_on": date.max}),
        {"agreements": 1},
    ),
    (
        "registration",
        "member-joined",
        MemberSnapshot.model_construct(
            member_id="m1",
            unit_id="u1",
            division="350802001",
            active=True,
            joined_on=date(2015, 6, 1),
            left_on=None,
        ),
        {"roster_lines": 1},
    ),
    (
        "registration",
        "registration-completed",
        RegistrationSnapshot.model_construct(
            registration_id="r1",
            status=RegistrationStatus.COMPLETED,
            basis=Basis.RESIDENCE,
            submitted_on=date(2017, 1, 2),
            certified_on=date(2017, 1, 3),
            completed_on=date(2017, 1, 5),
            ended_on=None,
            grid_id=None,
            unit_division="350802001",
            on_roster_since=date(2015, 6, 1),
            left_roster_on=None,
            **PERSON,
        ),
        {"registrations": 1, "registered": 1, "registered_lines": 1},
    ),
    (
        "registration",
        "grid-created",
        GridSnapshot.model_construct(grid_id="g1", community=COMMUNITY, name="第一网格", compounds=2),
        {"grids": 1},
    ),
    (
        "registration",
        "appointment-made",
        AppointmentSnapshot.model_construct(
            appointment_id="p1",
            member_id="m1",
            division=COMMUNITY,
            organ_id="o1",
            organ_kind=OrganKind.COMPOUND_ORGANISATION,
            role=AppointmentRole.COMMITTEE_MEMBER,
            rank=Rank.BUREAU,
            starts_on=date(2016, 3, 1),
            ended_on=None,
        ),
        {"bureau_officials": 1},
    ),
    (
        "registration",
        "profile-changed",
        ProfileSnapshot.model_construct(
            community=COMMUNITY,
            staff=9,
            funding=140_000,
            premises=300,
            added_funding=10_000,
            added_premises=0,
            platform=[],
            since=date(2017, 1, 1),
        ),
        {"profiles": 1, "funded_communities": 1, "new_funding": 10_000},
    ),
    (
        "service-tracking",
        "offer-published",
        OfferSnapshot.model_construct(
            kind=OfferKind.POST, community=COMMUNITY, status=OfferStatus.PUBLISHED, capacity=3
        ),
        {"posts": 1},
    ),
    (
        "service-tracking",
        "claim-approved",
        ClaimSnapshot.model_construct(offer_id="o1", kind=OfferKind.WISH, status=ClaimStatus.APPROVED, **PERSON),
        {"wish_claims": 1},
    ),
    (
        "service-tracking",
        "claim-released",
        ClaimSnapshot.model_construct(offer_id="o1", kind=OfferKind.WISH, status=ClaimStatus.RELEASED, **PERSON),
        {},
    ),
    (
        "service-tracking",
        "record-confirmed",
        RecordSnapshot.model_construct(
            offer_id=None,
            served_on=date(2017, 3, 5),
            hours=Decimal("1.5"),
            vanguard=Vanguard.MEDIATION,
            provenance=Provenance.CHECKED_IN,
            status=RecordStatus.CONFIRMED,
            **PERSON,
        ),
        {"services": 1, "hours": 150, "mediation": 1},
    ),
]


def consumes(source: str, fact: str) -> Consumes[Any]:
    return next(one for one in CONSUMED if one.source == source and fact in one.facts)


@pytest.mark.parametrize(("source", "fact", "snapshot", "expected"), SAMPLES)
def test_a_published_snapshot_is_understood_and_counted(
    source: str, fact: str, snapshot: BaseModel, expected: dict[str, int]
) -> None:
    data = consumes(source, fact).model.model_validate(snapshot.model_dump(mode="json"))

    told = Told("e1", fact, "a1", "350802", 1, datetime(2017, 3, 5, 17, tzinfo=UTC), data, "c1")

    assert {span.counter: span.amount for span in spans(fact_of(told)) if span.until is None} == expected


@pytest.mark.parametrize(
    ("source", "published"),
    [("registration", registration.PUBLISHED), ("service-tracking", service_tracking.PUBLISHED)],
    ids=["registration", "service-tracking"],
)
def test_whatever_changes_an_aggregate_that_is_counted_is_consumed(
    source: str, published: Mapping[str, type[BaseModel]]
) -> None:
    consumed = {fact for one in CONSUMED if one.source == source for fact in one.facts}
    counted = {published[fact] for fact in consumed & set(published)}

    changing = {fact for fact, snapshot in published.items() if snapshot in counted}
    assert {fact for fact in changing if not fact.startswith("programme-")} <= consumed
