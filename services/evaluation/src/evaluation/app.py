"""The composition root: the only place that wires this service together."""

from servicekit.documents.fonts import Fonts
from servicekit.runtime.service import Resources, Service
from servicekit.runtime.timers import Timer, in_batches
from servicekit.storage.mongo import Database

from evaluation.api.schema import subgraph
from evaluation.messages.consumed import CONSUMED
from evaluation.messages.published import LIVE, PUBLISHED
from evaluation.settings import EvaluationSettings
from evaluation.signing import Signer
from evaluation.storage.archive import append
from evaluation.storage.collections import COLLECTIONS
from evaluation.use_cases.appeals import escalate_appeals
from evaluation.use_cases.prove import observe_drifts, outdated, prove_next_lane
from evaluation.use_cases.remind import remind_of_facts, remind_units

TIMERS = [
    Timer("remind-of-facts", 15 * 60, in_batches(remind_of_facts)),
    Timer("remind-units", 6 * 3600, in_batches(remind_units)),
    Timer("escalate-appeals", 15 * 60, in_batches(escalate_appeals)),
    Timer("prove-next-lane", 15 * 60, prove_next_lane, observe=observe_drifts),
]


def resources(settings: EvaluationSettings, _database: Database) -> Resources:
    return {Fonts: Fonts(settings.font_folder), Signer: Signer.from_file(settings.statement_key)}


SERVICE = Service(
    name="evaluation",
    subgraph=subgraph(),
    collections=COLLECTIONS,
    consumed=CONSUMED,
    published=PUBLISHED,
    live=LIVE,
    settings=EvaluationSettings,
    resources=resources,
    take_all=True,
    archive=append,
    timers=TIMERS,
    obstacle=outdated,
)
