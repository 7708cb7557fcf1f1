"""The domain's enums, made known to the schema."""

import strawberry

from registration.domain.agreements import AgreementStatus, Support
from registration.domain.appointments import AppointmentRole, Rank
from registration.domain.data_corrections import CorrectableField, DataCorrectionStatus
from registration.domain.divisions import Level
from registration.domain.matching import MatchTier
from registration.domain.organs import OrganKind
from registration.domain.placement import Basis
from registration.domain.profiles import PlatformPart
from registration.domain.reconciling import ReconciliationStatus
from registration.domain.registrations import RegistrationStatus
from registration.domain.reveals import PersonalField, RevealPurpose
from registration.domain.roster_rows import RowStatus, Severity
from registration.domain.rosters import Change
from registration.domain.tables import Encoding

_ENUMS = (
    AgreementStatus,
    AppointmentRole,
    CorrectableField,
    DataCorrectionStatus,
    PersonalField,
    RevealPurpose,
    OrganKind,
    PlatformPart,
    Rank,
    Basis,
    Change,
    Level,
    MatchTier,
    ReconciliationStatus,
    RegistrationStatus,
    RowStatus,
    Severity,
    Support,
)
for _enum in _ENUMS:
    strawberry.enum(_enum)
strawberry.enum(Encoding, name="FileEncoding")

__all__ = [
    "AgreementStatus",
    "AppointmentRole",
    "Basis",
    "Change",
    "CorrectableField",
    "DataCorrectionStatus",
    "Encoding",
    "Level",
    "MatchTier",
    "OrganKind",
    "PersonalField",
    "PlatformPart",
    "Rank",
    "ReconciliationStatus",
    "RegistrationStatus",
    "RevealPurpose",
    "RowStatus",
    "Severity",
    "Support",
]
