"""What a service declares: its schema, collections and messages, and what else it serves."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pymongo import IndexModel
from starlette.routing import BaseRoute

from servicekit.bus.apply import Archive, Consumes
from servicekit.domain import Clock, SystemClock
from servicekit.graphql.http import ContextFactory
from servicekit.graphql.schema import Subgraph
from servicekit.runtime.settings import ServiceSettings
from servicekit.runtime.timers import Timer
from servicekit.security import TokenVerifier
from servicekit.storage.mongo import Database

Resources = Mapping[type, object]


def no_resources(_settings: Any, _database: Database) -> Resources:
    return {}


def no_routes(_context: ContextFactory, _verifier: TokenVerifier) -> Sequence[BaseRoute]:
    return ()


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that makes one service. `name` is its source on the bus and, by default, its database.

    `resources` makes what resolvers ask for with `info.context.resource(Kind)`. `take_all` is for the service that
    listens to every event, so that each published one is routed somewhere; `archive` gets each event that is new, in
    the transaction of its effects. `live` are facts that resolvers of subscriptions listen to (`context.listen`).
    `routes` are served beside `/graphql`: they check the principal themselves, with the verifier that they get, and
    make a context for whoever asks. `timers` are run by the workers, each by one at a time. `sealed_in` names the
    collections whose documents keep personal data as a token in `sealed`. `obstacle` says what has to be done before
    this version may work on what is stored, or nothing: till then a process isn't ready, answers and consumes nothing.
    """

    name: str
    subgraph: Subgraph
    collections: Mapping[str, Sequence[IndexModel]]
    consumed: Sequence[Consumes[Any]] = ()
    published: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    settings: type[ServiceSettings] = ServiceSettings
    resources: Callable[[Any, Database], Resources] = no_resources
    take_all: bool = False
    archive: Archive | None = None
    timers: Sequence[Timer] = ()
    live: Collection[str] = ()
    clock: Clock = field(default_factory=SystemClock)
    routes: Callable[[ContextFactory, TokenVerifier], Sequence[BaseRoute]] = no_routes
    sealed_in: Sequence[str] = ()
    obstacle: Callable[[Database], Awaitable[str]] | None = None
