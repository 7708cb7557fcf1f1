"""The command line of a service: `python -m <service> [serve | schema | asyncapi | dead-letters | audit | ...]`."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import typer

from servicekit.audit.cli import audit_app
from servicekit.bus.broker import Broker
from servicekit.bus.cli import bus_app
from servicekit.bus.dead_letters import DeadLetters
from servicekit.bus.topology import Topology
from servicekit.runtime.asyncapi import document
from servicekit.runtime.indexing import add_indexes
from servicekit.runtime.process import run
from servicekit.runtime.rotation import add_rotation
from servicekit.runtime.service import Service
from servicekit.runtime.settings import SettingsError
from servicekit.storage.mongo import Database, connect, open_database


def main(service: Service, *own: Callable[[typer.Typer, Service], None]) -> None:
    """Run the command line with what `own` add to it; a missing setting ends it with code 2 and one line for each."""
    line = command_line(service)
    for add in own:
        add(line, service)
    try:
        line()
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def command_line(service: Service) -> typer.Typer:
    """The commands that every service has."""
    commands = typer.Typer(
        name=service.name, add_completion=False, invoke_without_command=True, pretty_exceptions_enable=False
    )

    @commands.callback()
    def default(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            serve()

    @commands.command()
    def serve() -> None:
        """Serve in the role that HUIJIA_ROLE names (api, worker, both)."""
        raise typer.Exit(run(service))

    @commands.command()
    def schema() -> None:
        """Print the subgraph's SDL, as committed in schema.graphql."""
        print(service.subgraph.sdl)

    @commands.command()
    def asyncapi() -> None:
        """Print the AsyncAPI 3 document of the service's events, as committed in asyncapi.json."""
        print(json.dumps(document(service), ensure_ascii=False, indent=1))

    add_indexes(commands, service)
    if service.sealed_in:
        add_rotation(commands, service)
    commands.add_typer(bus_app(partial(_dead_letters, service)), name="dead-letters")
    commands.add_typer(audit_app(partial(opened_database, service)), name="audit")
    return commands


@asynccontextmanager
async def _dead_letters(service: Service) -> AsyncIterator[DeadLetters]:
    settings = service.settings.read()
    broker = await Broker.connect(settings.amqp_url, name=f"{service.name} dead-letters", attempts=3)
    try:
        yield DeadLetters(broker, Topology(settings.namespace), service.name)
    finally:
        await broker.close()


@asynccontextmanager
async def opened_database(service: Service) -> AsyncIterator[Database]:
    """The service's database, as its settings name it."""
    settings = service.settings.read()
    async with connect(settings.mongodb_uri) as client:
        yield open_database(client, settings.database or service.name)
