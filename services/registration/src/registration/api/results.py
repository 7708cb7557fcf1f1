"""Results of the mutations: the thing, or the refusals that its use case names."""

from servicekit.domain import NotFound, TooManyRows
from servicekit.graphql import bulk_union, result_union

from registration.api.agreements import Agreement
from registration.api.grids import Grid
from registration.api.registrations import Registration
from registration.api.units import Unit
from registration.domain.agreements import AgreementAlreadyActive, AgreementAlreadyEnded, PrimaryAgreementExists
from registration.domain.certificates import CertificateVoided
from registration.domain.divisions import CommunityWithdrawn
from registration.domain.grids import GridAlreadyExists, GridOfAnotherCommunity
from registration.domain.groups import GroupOfAnotherGrid
from registration.domain.members import NotOnRoster
from registration.domain.placement import NoPlacement
from registration.domain.registrations import (
    RegistrationAlreadyCertified,
    RegistrationAlreadyCompleted,
    RegistrationAlreadySubmitted,
    RegistrationClosed,
    RegistrationNotCertified,
)
from registration.domain.squads import SquadFull, SquadOfAnotherGrid
from registration.domain.units import UnitAlreadyRegistered, UnitMerged

RegisterUnitResult = result_union("RegisterUnitResult", Unit, UnitAlreadyRegistered, NotFound)
RegisterUnitsResult = bulk_union("RegisterUnits", RegisterUnitResult)
SignAgreementResult = result_union(
    "SignAgreementResult",
    Agreement,
    UnitMerged,
    AgreementAlreadyActive,
    PrimaryAgreementExists,
    CommunityWithdrawn,
    NotFound,
    TooManyRows,
)
SignAgreementsResult = bulk_union("SignAgreements", SignAgreementResult)
EndAgreementResult = result_union("EndAgreementResult", Agreement, AgreementAlreadyEnded, NotFound)
SubmitRegistrationResult = result_union(
    "SubmitRegistrationResult",
    Registration,
    NoPlacement,
    RegistrationAlreadySubmitted,
    RegistrationAlreadyCompleted,
    NotOnRoster,
    CommunityWithdrawn,
    NotFound,
)
SubmitRegistrationsResult = bulk_union("SubmitRegistrations", SubmitRegistrationResult)
CertifyRegistrationResult = result_union(
    "CertifyRegistrationResult",
    Registration,
    RegistrationAlreadyCertified,
    RegistrationAlreadyCompleted,
    RegistrationClosed,
    NotFound,
)
CertifyRegistrationsResult = bulk_union("CertifyRegistrations", CertifyRegistrationResult)
RejectRegistrationResult = result_union(
    "RejectRegistrationResult", Registration, RegistrationAlreadyCompleted, RegistrationClosed, NotFound
)
VoidCertificateResult = result_union(
    "VoidCertificateResult",
    Registration,
    RegistrationNotCertified,
    RegistrationAlreadyCompleted,
    RegistrationClosed,
    NotFound,
)
ReceiveCertificateResult = result_union(
    "ReceiveCertificateResult",
    Registration,
    CertificateVoided,
    RegistrationAlreadyCompleted,
    RegistrationClosed,
    NotFound,
)
ReceiveCertificatesResult = bulk_union("ReceiveCertificates", ReceiveCertificateResult)
WithdrawRegistrationResult = result_union(
    "WithdrawRegistrationResult", Registration, RegistrationAlreadyCompleted, RegistrationClosed, NotFound
)
EndRegistrationResult = result_union("EndRegistrationResult", Registration, RegistrationClosed, NotFound)
CreateGridResult = result_union("CreateGridResult", Grid, GridAlreadyExists, CommunityWithdrawn, NotFound, TooManyRows)
CreateGridsResult = bulk_union("CreateGrids", CreateGridResult)
PlaceRegistrationResult = result_union(
    "PlaceRegistrationResult",
    Registration,
    GridOfAnotherCommunity,
    GroupOfAnotherGrid,
    SquadOfAnotherGrid,
    SquadFull,
    RegistrationClosed,
    NotFound,
)
PlaceRegistrationsResult = bulk_union("PlaceRegistrations", PlaceRegistrationResult)
