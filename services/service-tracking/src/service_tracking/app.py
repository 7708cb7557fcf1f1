"""The composition root: what this service is made of."""

from collections.abc import Mapping, Sequence

from servicekit.documents.fonts import Fonts
from servicekit.graphql.http import ContextFactory
from servicekit.runtime.service import Service
from servicekit.runtime.timers import Timer, in_batches
from servicekit.security import TokenVerifier
from servicekit.security.vault import Vault
from servicekit.storage.mongo import Database
from starlette.routing import BaseRoute

from service_tracking.api.calendar import calendars
from service_tracking.api.open311.routes import open311
from service_tracking.api.schema import subgraph
from service_tracking.api.verification_page import verification
from service_tracking.documents.certificate_pdf import CertificateAddress
from service_tracking.messages.consumed import CONSUMED
from service_tracking.messages.published import LIVE, PUBLISHED, SOURCE
from service_tracking.settings import CalendarAddress, Open311Address, Settings
from service_tracking.storage.collections import BENEFICIARIES, CERTIFICATES, COLLECTIONS
from service_tracking.use_cases.erase_beneficiaries import erase_what_is_over
from service_tracking.use_cases.expand_series import expand_series
from service_tracking.use_cases.expire import close_ended_offers, expire_claims, remind_claims
from service_tracking.use_cases.release_offers import go_on_releasing
from service_tracking.use_cases.take_over import go_on


def resources(settings: Settings, _database: Database) -> Mapping[type, object]:
    """What the resolvers ask for by type."""
    return {
        Vault: settings.vault(),
        Fonts: Fonts(settings.font_folder),
        CalendarAddress: CalendarAddress(settings.calendar_url),
        Open311Address: Open311Address(settings.open311_url, settings.open311_contact),
        CertificateAddress: CertificateAddress(settings.service_certificate_url),
    }


def routes(context: ContextFactory, verifier: TokenVerifier) -> Sequence[BaseRoute]:
    """What is served beside the graph."""
    return [*open311(context, verifier), *verification(context, verifier), *calendars(context, verifier)]


HOUR = 3600.0
TIMERS = [
    Timer("erase-beneficiaries", HOUR, in_batches(erase_what_is_over)),
    Timer("remind-claims", HOUR, in_batches(remind_claims)),
    Timer("expire-claims", HOUR, in_batches(expire_claims)),
    Timer("close-ended-offers", HOUR, in_batches(close_ended_offers)),
    Timer("release-claims", 60, in_batches(go_on_releasing)),
    Timer("expand-series", HOUR, in_batches(expand_series)),
    Timer("take-over", 60, in_batches(go_on)),
]

SERVICE = Service(
    name=SOURCE,
    subgraph=subgraph,
    collections=COLLECTIONS,
    consumed=CONSUMED,
    published=PUBLISHED,
    live=LIVE,
    settings=Settings,
    resources=resources,
    routes=routes,
    timers=TIMERS,
    sealed_in=(BENEFICIARIES, CERTIFICATES),
)
