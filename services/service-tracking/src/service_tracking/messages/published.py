"""The events that this service publishes: each carries the public snapshot of its aggregate."""

from collections.abc import Mapping

from pydantic import BaseModel

from service_tracking.domain.claim import ClaimSnapshot
from service_tracking.domain.offer import OfferSnapshot
from service_tracking.domain.record import RecordSnapshot

SOURCE = "service-tracking"

PUBLISHED: Mapping[str, type[BaseModel]] = {
    "offer-published": OfferSnapshot,
    "offer-closed": OfferSnapshot,
    "claim-requested": ClaimSnapshot,
    "claim-approved": ClaimSnapshot,
    "claim-declined": ClaimSnapshot,
    "claim-withdrawn": ClaimSnapshot,
    "claim-released": ClaimSnapshot,
    "record-submitted": RecordSnapshot,
    "record-confirmed": RecordSnapshot,
    "record-rejected": RecordSnapshot,
}
