"""A service as an ASGI application with its worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.routing import Route

from servicekit.bus.listener import Listener
from servicekit.bus.topology import Topology
from servicekit.domain.refusals import Language
from servicekit.graphql.context import Context
from servicekit.graphql.http import GraphQLRoute
from servicekit.runtime.health import Health
from servicekit.runtime.service import Service
from servicekit.runtime.settings import ServiceSettings
from servicekit.runtime.worker import Worker
from servicekit.security import Principal, TokenVerifier
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import connect, open_database


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
            service.name,
            service.subgraph,
            verifier,
            running.context,
            max_body_bytes=settings.max_body_bytes,
            closed=lambda: not running.worker.fit,
        )
        app.router.routes.append(Route("/graphql", route, methods=["POST"]))
        app.router.routes.extend(service.routes(running.context, verifier))
    app.router.routes.extend(running.health.routes())
    return app
