"""The events that this service publishes: each carries the public snapshot of its aggregate."""

from collections.abc import Mapping

from pydantic import BaseModel

from service_tracking.domain.beneficiary import BeneficiarySnapshot
from service_tracking.domain.claim import ClaimSnapshot
from service_tracking.domain.follow_up import FollowUpSnapshot
from service_tracking.domain.offer import OfferSnapshot
from service_tracking.domain.policy import PolicySnapshot
from service_tracking.domain.problem import FACTS as PROBLEM_FACTS
from service_tracking.domain.problem import ProblemSnapshot
from service_tracking.domain.project import PROJECT_FACTS, ProjectSnapshot
from service_tracking.domain.record import RecordSnapshot
from service_tracking.domain.sample import SampledSnapshot, SampleSnapshot
from service_tracking.domain.series import SeriesSnapshot
from service_tracking.domain.service_certificate import CertificateSnapshot
from service_tracking.domain.support import SupportSnapshot
from service_tracking.domain.venue import CLOSED, MOVED, OPENED, VenueSnapshot

SOURCE = "service-tracking"

RECORD_CONFIRMED = "record-confirmed"
LIVE = (RECORD_CONFIRMED,)

PUBLISHED: Mapping[str, type[BaseModel]] = {
    "offer-published": OfferSnapshot,
    "offer-edited": OfferSnapshot,
    "offer-closed": OfferSnapshot,
    "offer-held": OfferSnapshot,
    "offer-cancelled": OfferSnapshot,
    "offer-led": OfferSnapshot,
    "offer-moved": OfferSnapshot,
    "offer-thanked": OfferSnapshot,
    "offer-reopened": OfferSnapshot,
    "recurring-post-published": SeriesSnapshot,
    "recurring-post-ended": SeriesSnapshot,
    "recurring-post-moved": SeriesSnapshot,
    "claim-requested": ClaimSnapshot,
    "claim-approved": ClaimSnapshot,
    "claim-declined": ClaimSnapshot,
    "claim-withdrawn": ClaimSnapshot,
    "claim-released": ClaimSnapshot,
    "claim-handed-over": ClaimSnapshot,
    "claim-completed": ClaimSnapshot,
    "claim-reopened": ClaimSnapshot,
    "claim-queued": ClaimSnapshot,
    "claim-expiring": ClaimSnapshot,
    "claim-expired": ClaimSnapshot,
    "claim-attendance-taken": ClaimSnapshot,
    "claim-moved": ClaimSnapshot,
    "follow-up-logged": FollowUpSnapshot,
    "beneficiary-recorded": BeneficiarySnapshot,
    "beneficiary-erased": BeneficiarySnapshot,
    "certificate-issued": CertificateSnapshot,
    "certificate-revoked": CertificateSnapshot,
    "sample-drawn": SampleSnapshot,
    "sample-checked": SampledSnapshot,
    "policy-set": PolicySnapshot,
    "policy-ended": PolicySnapshot,
    "problem-reported": ProblemSnapshot,
    **dict.fromkeys(PROBLEM_FACTS.values(), ProblemSnapshot),
    "problem-moved": ProblemSnapshot,
    "project-proposed": ProjectSnapshot,
    **dict.fromkeys(PROJECT_FACTS.values(), ProjectSnapshot),
    "project-moved": ProjectSnapshot,
    "support-given": SupportSnapshot,
    "support-reversed": SupportSnapshot,
    **dict.fromkeys((*OPENED.values(), *CLOSED.values(), *MOVED.values()), VenueSnapshot),
    "record-submitted": RecordSnapshot,
    RECORD_CONFIRMED: RecordSnapshot,
    "record-rejected": RecordSnapshot,
    "record-correction-asked": RecordSnapshot,
    "record-correction-declined": RecordSnapshot,
    "record-moved": RecordSnapshot,
    "record-corrected": RecordSnapshot,
}
