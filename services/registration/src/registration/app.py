"""The composition root of registration: the only place that wires its parts."""

from collections.abc import Mapping

from servicekit.documents.fonts import Fonts
from servicekit.runtime.service import Service
from servicekit.runtime.timers import Timer, in_batches
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database

from registration.api.certificates import CertificateAddress
from registration.api.schema import SUBGRAPH
from registration.api.verification_page import routes
from registration.messages.consumed import CONSUMED
from registration.messages.published import PUBLISHED
from registration.settings import RegistrationSettings
from registration.storage.collections import COLLECTIONS, DATA_CORRECTIONS, MEMBERS, PAPERS
from registration.use_cases.end_agreement import place_late_arrivals, run_out_agreements
from registration.use_cases.keep_reconciliation import give_up_reconciliations
from registration.use_cases.remind_unit import remind_residuals
from registration.use_cases.reorganise_communities import continue_reorganisations, take_late_arrivals


def resources(settings: RegistrationSettings, _database: Database) -> Mapping[type, object]:
    """What the resolvers ask for by type."""
    return {
        Vault: settings.vault(),
        CertificateAddress: CertificateAddress(settings.certificate_url),
        Fonts: Fonts(settings.font_folder),
    }


SERVICE = Service(
    "registration",
    SUBGRAPH,
    COLLECTIONS,
    consumed=CONSUMED,
    published=PUBLISHED,
    settings=RegistrationSettings,
    resources=resources,
    routes=routes,
    timers=[
        Timer("reorganisations", 10, in_batches(continue_reorganisations)),
        Timer("late-arrivals", 60, in_batches(take_late_arrivals)),
        Timer("late-placements", 60, in_batches(place_late_arrivals)),
        Timer("agreements-run-out", 3600, in_batches(run_out_agreements)),
        Timer("broken-off-reconciliations", 3600, in_batches(give_up_reconciliations)),
        Timer("residual-reminders", 3600, in_batches(remind_residuals)),
    ],
    sealed_in=(MEMBERS, PAPERS, DATA_CORRECTIONS),
)
