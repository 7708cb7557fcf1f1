"""The composition root: the only place that wires this service together."""

from servicekit.runtime.service import Service

from evaluation.api.schema import subgraph
from evaluation.messages.consumed import CONSUMED
from evaluation.messages.published import PUBLISHED
from evaluation.settings import EvaluationSettings
from evaluation.storage.archive import append
from evaluation.storage.collections import COLLECTIONS

SERVICE = Service(
    name="evaluation",
    subgraph=subgraph(),
    collections=COLLECTIONS,
    consumed=CONSUMED,
    published=PUBLISHED,
    settings=EvaluationSettings,
    take_all=True,
    archive=append,
)
