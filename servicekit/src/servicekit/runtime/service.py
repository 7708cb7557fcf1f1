"""A service put together: its schema, collections and messages, as an ASGI application with its worker."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pymongo import IndexModel
from starlette.routing import BaseRoute, Route

from servicekit.bus.apply import Archive, Consumes
from servicekit.bus.listener import Listener
from servicekit.bus.topology import Topology
from servicekit.domain import Clock, SystemClock
from servicekit.domain.refusals import Language
from servicekit.graphql.context import Context
from servicekit.graphql.http import GraphQLRoute
from servicekit.graphql.schema import Subgraph
from servicekit.runtime.health import Health
from servicekit.runtime.settings import ServiceSettings
from servicekit.runtime.timers import Timer
from servicekit.runtime.worker import Worker
from servicekit.security import Principal, TokenVerifier
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import Database, connect, open_database

Resources = Mapping[type, object]


def no_resources(_settings: Any, _database: Database) -> Resources:
    return {}


def no_routes(_running: "Running", _verifier: TokenVerifier) -> Sequence[BaseRoute]:
    return ()


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that makes one service. `name` is its source on the bus and, by default, its database.

    `resources` makes what resolvers ask for with `info.context.resource(Kind)`. `take_all` is for the service that
    listens to every event, so that each published one is routed somewhere; `archive` gets each
    event that is new, in the transaction of its effects. `live` are facts that resolvers of subscriptions listen to
    (`context.listen`). `routes` are served beside `/graphql`; they check the
    principal themselves, with the verifier that they get. `timers` are run by the workers, each by one at a time.
    `sealed_in` names the collections whose documents keep personal data as a token in `sealed`.
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
    routes: "Callable[[Running, TokenVerifier], Sequence[BaseRoute]]" = no_routes
    sealed_in: Sequence[str] = ()


class Running:
    """One service's means in one process, while its application lives."""

    def __init__(self, service: Service, settings: ServiceSettings) -> None:
        self._service = service
        self.settings = settings
        self.client = connect(settings.mongodb_uri, appname=service.name)
        self.database = open_database(self.client, settings.database or service.name)
        self.worker = Worker(service, settings, self.database)
        self.commands = Commands(
            self.database, source=service.name, clock=service.clock, committed=self.worker.wake_relay
        )
        self.worker.use(self.commands)
        self.resources = service.resources(settings, self.database)
        self.listener = Listener(settings.amqp_url, Topology(settings.namespace), service=service.name)
        self.health = Health({"mongodb": self._ping, **self.worker.checks()})

    def context(self, principal: Principal, language: Language, correlation_id: str) -> Context:
        return Context(
            policy=self._service.subgraph.policy,
            principal=principal,
            language=language,
            correlation_id=correlation_id,
            database=self.database,
            commands=self.commands,
            resources=self.resources,
            listener=self.listener,
        )

    async def _ping(self) -> bool:
        await self.client.admin.command("ping")
        return True

    def request_stop(self) -> None:
        """Stop intake of the worker, and end subscriptions, so that whoever holds one goes elsewhere."""
        self.health.stopping = True
        self.worker.request_stop()
        self.listener.end()

    async def stop(self) -> None:
        """Stop intake and wait for what is in flight. Idempotent."""
        self.request_stop()
        await self.worker.stop()

    async def close(self) -> None:
        await self.stop()
        await self.listener.close()
        await self.client.close()


def build_app(service: Service, settings: ServiceSettings, *, failed: Callable[[], None] = lambda: None) -> FastAPI:
    """The application of a service in its role. `failed` is called when its worker died of a fault.

    `app.state.running` is a Running while the application lives.
    """
    running = Running(service, settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        running.worker.start(failed)
        try:
            yield
        finally:
            await asyncio.shield(running.close())

    app = FastAPI(title=service.name, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.running = running
    if settings.serves_api:
        verifier = TokenVerifier(issuer=settings.issuer, audience=settings.audience, jwks=settings.jwks)
        route = GraphQLRoute(
            service.name, service.subgraph, verifier, running.context, max_body_bytes=settings.max_body_bytes
        )
        app.router.routes.append(Route("/graphql", route, methods=["POST"]))
        app.router.routes.extend(service.routes(running, verifier))
    app.router.routes.extend(running.health.routes())
    return app
