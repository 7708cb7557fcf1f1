"""The command line of a service: `python -m <service> [serve | schema | dead-letters ...]`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from servicekit.bus.broker import Broker
from servicekit.bus.dead_letters import DeadLetters
from servicekit.bus.topology import Topology
from servicekit.runtime.process import run
from servicekit.runtime.service import Service
from servicekit.runtime.settings import ServiceSettings, SettingsError

T = TypeVar("T")


def main(service: Service) -> None:
    """Run the command line; a missing setting ends it with code 2 and one line for each."""
    try:
        command_line(service)()
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def command_line(service: Service) -> typer.Typer:
    """The commands of a service; it may add its own."""
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

    commands.add_typer(_dead_letters(service), name="dead-letters")
    return commands


def _dead_letters(service: Service) -> typer.Typer:
    commands = typer.Typer(help="Events that could not be applied.", no_args_is_help=True)

    @commands.command("list")
    def show(limit: int = 100) -> None:
        """List the oldest: event id, lane queue, attempts, when, cause."""
        for letter in _with_dead_letters(service, lambda letters: letters.list(limit)):
            print(letter.id, letter.lane_queue, letter.attempts, letter.died_at, letter.cause, sep="\t")

    @commands.command()
    def replay(event: Annotated[list[str] | None, typer.Option(help="Event id; all when not given.")] = None) -> None:
        """Send them back to their lanes with fresh attempts."""
        ids = set(event) if event else None
        print(_with_dead_letters(service, lambda letters: letters.replay(ids)), "replayed")

    return commands


def _with_dead_letters(service: Service, use: Callable[[DeadLetters], Awaitable[T]]) -> T:
    settings = service.settings.read()

    async def work(settings: ServiceSettings) -> T:
        broker = await Broker.connect(settings.amqp_url, name=f"{service.name} dead-letters", attempts=3)
        try:
            return await use(DeadLetters(broker, Topology(settings.namespace), service.name))
        finally:
            await broker.close()

    return asyncio.run(work(settings))
