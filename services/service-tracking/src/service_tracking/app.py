"""The composition root: what this service is made of."""

from servicekit.runtime.service import Service

from service_tracking.api.open311.routes import open311
from service_tracking.api.schema import subgraph
from service_tracking.messages.consumed import CONSUMED
from service_tracking.messages.published import PUBLISHED, SOURCE
from service_tracking.settings import Settings
from service_tracking.storage.collections import COLLECTIONS

SERVICE = Service(
    name=SOURCE,
    subgraph=subgraph,
    collections=COLLECTIONS,
    consumed=CONSUMED,
    published=PUBLISHED,
    settings=Settings,
    routes=open311,
)
