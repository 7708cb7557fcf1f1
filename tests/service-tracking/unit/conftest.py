"""Makers of offers, claims and records, at one instant."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from service_tracking.domain.claim import Claim
from service_tracking.domain.offer import Offer, OfferDraft, OfferKind
from service_tracking.domain.person import Person
from service_tracking.domain.record import ServiceRecord
from service_tracking.domain.registered import Registered
from service_tracking.domain.service import Service, Vanguard
from servicekit.domain import new_id

COMMUNITY = "350802001001"
DRAFT = OfferDraft(kind=OfferKind.POST, community=COMMUNITY, title="Night patrol", capacity=2)
SERVICE = Service(
    activity="Night patrol", served_on=date(2026, 5, 19), hours=Decimal("1.5"), vanguard=Vanguard.VOLUNTEERING
)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 5, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def publish(now: datetime) -> Callable[..., Offer]:
    def publish(**changes: Any) -> Offer:
        return Offer.publish(replace(DRAFT, **changes), id=new_id(), by="host", now=now)

    return publish


@pytest.fixture
def member() -> Registered:
    return Registered("registration", "member", "unit", COMMUNITY)


@pytest.fixture
def claim(now: datetime, member: Registered) -> Callable[..., Claim]:
    def claim(offer: Offer, *, by: Person | None = None) -> Claim:
        by = by or Person("m", frozenset({"member"}))
        return Claim.request(offer, member, id=new_id(), by=by, now=now)

    return claim


@pytest.fixture
def submit(now: datetime, member: Registered) -> Callable[..., ServiceRecord]:
    def submit(
        *, by: Person | None = None, claim: Claim | None = None, community: str | None = None, **changes: Any
    ) -> ServiceRecord:
        return ServiceRecord.submit(
            replace(SERVICE, **changes),
            member,
            claim=claim,
            community=community,
            id=new_id(),
            by=by or Person("m", frozenset({"member"})),
            now=now,
        )

    return submit
