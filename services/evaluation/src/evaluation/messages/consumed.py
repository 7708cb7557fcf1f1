"""The events that this service consumes."""

from typing import Any

from servicekit.bus.apply import Consumes

from evaluation.messages.counted import Counted
from evaluation.messages.handlers import keep
from evaluation.messages.registration import (
    AgreementFact,
    AppointmentFact,
    DivisionFact,
    GridFact,
    LeaderLinkFact,
    MemberFact,
    OrganFact,
    ProfileFact,
    RegistrationFact,
    UnitFact,
)
from evaluation.messages.service_tracking import (
    ClaimFact,
    OfferFact,
    ProblemFact,
    ProjectFact,
    RecordFact,
    ServicePointFact,
)


def _consumes(source: str, model: type[Counted], aggregate: str, *happened: str) -> Consumes[Any]:
    return Consumes(source=source, facts=tuple(f"{aggregate}-{one}" for one in happened), model=model, handler=keep)


REGISTRATION = "registration"
SERVICE_TRACKING = "service-tracking"

CONSUMED: list[Consumes[Any]] = [
    _consumes(REGISTRATION, DivisionFact, "division", "imported", "withdrawn"),
    _consumes(REGISTRATION, UnitFact, "unit", "registered", "merged"),
    _consumes(REGISTRATION, AgreementFact, "agreement", "signed", "ended"),
    _consumes(REGISTRATION, MemberFact, "member", "joined", "changed", "left"),
    _consumes(
        REGISTRATION,
        RegistrationFact,
        "registration",
        "submitted",
        "certified",
        "certificate-voided",
        "completed",
        "placed",
        "moved",
        "resettled",
        "leave-granted",
        "unit-changed",
        "roster-left",
        "rejected",
        "withdrawn",
        "ended",
    ),
    _consumes(REGISTRATION, GridFact, "grid", "created", "moved"),
    _consumes(REGISTRATION, OrganFact, "organ", "registered", "dissolved", "moved"),
    _consumes(REGISTRATION, LeaderLinkFact, "leader", "linked", "unlinked"),
    _consumes(REGISTRATION, AppointmentFact, "appointment", "made", "ended", "moved"),
    _consumes(REGISTRATION, ProfileFact, "profile", "changed"),
    _consumes(
        SERVICE_TRACKING,
        OfferFact,
        "offer",
        "published",
        "edited",
        "closed",
        "held",
        "cancelled",
        "led",
        "moved",
        "thanked",
        "reopened",
    ),
    _consumes(
        SERVICE_TRACKING,
        ClaimFact,
        "claim",
        "requested",
        "approved",
        "declined",
        "withdrawn",
        "released",
        "queued",
        "expiring",
        "expired",
        "handed-over",
        "reopened",
        "completed",
        "attendance-taken",
        "moved",
    ),
    _consumes(
        SERVICE_TRACKING,
        ProblemFact,
        "problem",
        "reported",
        "accepted",
        "declined",
        "assigned",
        "resolved",
        "confirmed",
        "reopened",
        "moved",
    ),
    _consumes(SERVICE_TRACKING, ProjectFact, "project", "proposed", "started", "completed", "cancelled", "moved"),
    _consumes(SERVICE_TRACKING, ServicePointFact, "service-point", "opened", "closed", "moved"),
    _consumes(
        SERVICE_TRACKING,
        RecordFact,
        "record",
        "submitted",
        "confirmed",
        "rejected",
        "corrected",
        "correction-asked",
        "correction-declined",
        "moved",
    ),
]
