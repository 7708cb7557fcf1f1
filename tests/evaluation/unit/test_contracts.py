"""What the others publish is what this service understands."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from evaluation.domain.contributions import counters
from evaluation.messages.consumed import CONSUMED
from evaluation.messages.handlers import fact_of
from pydantic import BaseModel
from service_tracking.domain.claim import ClaimSnapshot, ClaimStatus
from service_tracking.domain.offer import OfferKind, OfferSnapshot, OfferStatus
from service_tracking.domain.record import RecordSnapshot, RecordStatus
from service_tracking.domain.service import Provenance, Vanguard
from service_tracking.messages import published as service_tracking
from servicekit.bus.apply import Consumes
from servicekit.bus.envelope import Fact as Told

COMMUNITY = "350802001001"
PERSON = {"member_id": "m1", "unit_id": "u1", "community": COMMUNITY}

SAMPLES: list[tuple[str, str, BaseModel, dict[str, int]]] = [
    (
        "service-tracking",
        "offer-published",
        OfferSnapshot(kind=OfferKind.POST, community=COMMUNITY, status=OfferStatus.PUBLISHED, capacity=3),
        {"posts": 1},
    ),
    (
        "service-tracking",
        "claim-approved",
        ClaimSnapshot(offer_id="o1", kind=OfferKind.WISH, status=ClaimStatus.APPROVED, **PERSON),
        {"wish_claims": 1},
    ),
    (
        "service-tracking",
        "claim-released",
        ClaimSnapshot(offer_id="o1", kind=OfferKind.WISH, status=ClaimStatus.RELEASED, **PERSON),
        {},
    ),
    (
        "service-tracking",
        "record-confirmed",
        RecordSnapshot(
            offer_id=None,
            served_on=date(2017, 3, 5),
            hours=Decimal("1.5"),
            vanguard=Vanguard.MEDIATION,
            provenance=Provenance.CHECKED_IN,
            status=RecordStatus.CONFIRMED,
            **PERSON,
        ),
        {"services": 1, "hours": 150},
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

    assert counters(fact_of(told)) == expected


@pytest.mark.parametrize("published", [service_tracking], ids=["service-tracking"])
def test_every_published_fact_is_consumed(published: Any) -> None:
    consumed = {fact for one in CONSUMED if one.source == published.SOURCE for fact in one.facts}

    assert consumed == set(published.PUBLISHED)
