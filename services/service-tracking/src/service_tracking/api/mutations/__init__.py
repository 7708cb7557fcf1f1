"""What can be done. A single mutation is a batch of one; a batch takes up to 500 rows in one transaction."""

import strawberry

from service_tracking.api.mutations.beneficiaries import BeneficiaryMutations
from service_tracking.api.mutations.calendar import CalendarMutations
from service_tracking.api.mutations.certificates import CertificateMutations
from service_tracking.api.mutations.claims import ClaimMutations
from service_tracking.api.mutations.codes import CodeMutations
from service_tracking.api.mutations.kinds import KindMutations
from service_tracking.api.mutations.offers import OfferMutations
from service_tracking.api.mutations.partnership import PartnershipMutations
from service_tracking.api.mutations.problems import ProblemMutations
from service_tracking.api.mutations.records import RecordMutations
from service_tracking.api.mutations.samples import SampleMutations
from service_tracking.api.mutations.series import SeriesMutations
from service_tracking.api.policies import PolicyMutations


@strawberry.type
class Mutation(
    OfferMutations,
    SeriesMutations,
    KindMutations,
    ClaimMutations,
    RecordMutations,
    ProblemMutations,
    PartnershipMutations,
    PolicyMutations,
    BeneficiaryMutations,
    CodeMutations,
    SampleMutations,
    CalendarMutations,
    CertificateMutations,
):
    pass
