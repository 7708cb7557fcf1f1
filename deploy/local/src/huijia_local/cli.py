"""The command line: up, down, status, token, backup, restore, run."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from huijia_local.backup import BackupError, back_up
from huijia_local.city import City
from huijia_local.keys import KeyFileError
from huijia_local.processes import StartError
from huijia_local.servers import Server
from huijia_local.services import Service
from huijia_local.state import StateError
from huijia_local.tokens import GrantError, mint, parse_grant

app = typer.Typer(help="Huijia on one machine.", no_args_is_help=True, add_completion=False)
Folder = Annotated[Path, typer.Option(envvar="HUIJIA_LOCAL_FOLDER", help="Where data, logs, keys and state live.")]
DEFAULT_FOLDER = Path(".local")
console = Console()


def _city(folder: Path) -> City:
    return City(folder.absolute(), os.environ)


def _report(server: Server, what: str) -> None:
    console.print(f"  [bold]{server.name:<17}[/] {what}", highlight=False)


@app.command()
def up(folder: Folder = DEFAULT_FOLDER) -> None:
    """Start everything that doesn't run yet, and wait until all of it is ready."""
    city = _city(folder)
    with console.status("Starting the city"):
        city.up(_report)
    console.print(f"The city answers at [bold]{city.gateway_url}[/]. Stop it with [bold]make down[/].", soft_wrap=True)


@app.command()
def down(folder: Folder = DEFAULT_FOLDER) -> None:
    """Stop everything; data, logs and keys stay."""
    with console.status("Stopping the city"):
        _city(folder).down(_report)
    console.print("The city is down.")


@app.command()
def status(folder: Folder = DEFAULT_FOLDER) -> None:
    """Show what runs where; exit 1 unless all of it is ready."""
    table = Table("server", "state", "process", Column("address", overflow="fold"))
    states = set()
    for server in _city(folder).servers():
        state = _condition(server)
        states.add(state)
        running = [str(server.processes[server.name].pid), server.url] if server.alive else ["", ""]
        table.add_row(server.name, state, *running)
    console.print(table)
    console.print(f"Logs: {folder / 'logs'}", soft_wrap=True)
    if states != {"ready"}:
        raise typer.Exit(1)


def _condition(server: Server) -> str:
    if not server.processes:
        return "stopped"
    if not server.alive:
        return "ended by itself"
    return "ready" if server.ready() else "not ready"


@app.command()
def token(
    grants: Annotated[list[str], typer.Argument(help="ROLE:SCOPE, for example HOST:350802001001")],
    folder: Folder = DEFAULT_FOLDER,
    subject: Annotated[str, typer.Option(help="Who it stands for: a member id, an officer's account.")] = "developer",
    hours: Annotated[float, typer.Option(help="How long it is valid; negative: already expired.")] = 12,
) -> None:
    """Print a development token."""
    parsed = [parse_grant(grant) for grant in grants]
    typer.echo(mint(_city(folder).keys, parsed, subject, timedelta(hours=hours)))


@app.command()
def backup(archive: Path, folder: Folder = DEFAULT_FOLDER) -> None:
    """Write all databases of the running city, as they are at this instant, to ARCHIVE (a ZIP file)."""
    city = _city(folder)
    counts = back_up(city.mongodb_uri, city.databases, archive)
    console.print(f"{sum(counts.values()):,} documents of {len(counts)} databases are in {archive}.", soft_wrap=True)


@app.command()
def restore(archive: Path, folder: Folder = DEFAULT_FOLDER) -> None:
    """Put ARCHIVE into the empty databases of a city that is down; what its queues held is removed."""
    counts = _city(folder).restore(archive)
    console.print(f"{sum(counts.values()):,} documents are back. Start the city with [bold]make up[/].")


@app.command(context_settings={"ignore_unknown_options": True})
def run(service: str, arguments: list[str], folder: Folder = DEFAULT_FOLDER) -> None:
    """Run a command of a service with the city's settings, for example: run evaluation verify."""
    known = {server.name: server for server in _city(folder).servers() if isinstance(server, Service)}
    if service not in known:
        raise typer.BadParameter(f"one of {', '.join(known)}", param_hint="service")
    raise typer.Exit(known[service].run(*arguments))


def main() -> None:
    try:
        app()
    except (StartError, StateError, GrantError, BackupError, KeyFileError, OSError) as error:
        complain(error)
        raise SystemExit(1) from None


def complain(error: Exception) -> None:
    """Say what stopped a command, and what to do about it where the error itself doesn't."""
    text = str(error)
    if isinstance(error, OSError) and error.errno is not None:
        text += ". See that the folder can be written and the disk has room, then run the same command again."
    Console(stderr=True).print(text, style="red", markup=False, highlight=False, soft_wrap=True)
