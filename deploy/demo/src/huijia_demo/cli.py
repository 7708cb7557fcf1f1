"""The command line: start the city, play the scenario, print the bulletin."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from huijia_local.city import City as LocalCity
from huijia_local.cli import complain
from huijia_local.keys import KeyFileError
from huijia_local.processes import StartError
from huijia_local.servers import Server
from huijia_local.state import StateError
from rich.console import Console

from huijia_demo.bulletin import Row, as_table, settled_bulletin, write_json
from huijia_demo.city import LARGEST, SMALLEST, build_city
from huijia_demo.city.model import City
from huijia_demo.costs import Reading, costs_table, events_line, phases_table
from huijia_demo.figures import CITY
from huijia_demo.pace import Pace
from huijia_demo.play.badges import Badges
from huijia_demo.play.endpoint import Endpoint
from huijia_demo.play.problems import PlayError
from huijia_demo.play.scenario import conclude, play
from huijia_demo.play.stage import Stage
from huijia_demo.residuals import Residual, as_lines, read_residuals

# The smallest round scale at which both rates miss somebody.
DEFAULT_SCALE = 0.04
# Where nobody watches, a table needs no wrapping, and a line a phase says more than a moving bar.
console = Console() if sys.stdout.isatty() else Console(width=140)
app = typer.Typer(add_completion=False)
Folder = Annotated[Path, typer.Option(envvar="HUIJIA_LOCAL_FOLDER", help="Where data, logs, keys and state live.")]


@app.command()
def demo(
    scale: Annotated[float, typer.Option(help="1 is the whole city.", min=SMALLEST, max=LARGEST)] = DEFAULT_SCALE,
    folder: Folder = Path(".local"),
    costs: Annotated[bool, typer.Option("--costs", help="Say in the end what it cost.")] = False,
) -> None:
    """Play a demo city through the public endpoint and compare its bulletin with the published figures."""
    started = time.monotonic()
    city = build_city(scale)
    local = LocalCity(folder.absolute(), {**os.environ, "HUIJIA_WORLD": city.world})
    console.print(f"The demo city at scale {scale:g}: {len(city.people):,} people, {len(city.records):,} services.")
    with console.status("Starting the servers"):
        local.up(_report)
    pace = Pace(console)
    before, playing = Reading.of(local), time.monotonic()
    rows, residuals = asyncio.run(_play(city, local, folder, pace))
    if costs:
        _say_costs(pace, before, Reading.of(local), time.monotonic() - playing)
    console.print(as_table(rows, scale))
    console.print("\n".join(as_lines(residuals)), highlight=False, soft_wrap=True)
    write_json(rows, folder / "bulletin.json")
    _say_goodbye(local, folder, time.monotonic() - started)
    differing = [row.figure.label for row in rows if not row.equal]
    differing += [f"who is missing from the {one.rate.label}" for one in residuals if not one.equal]
    if differing:
        _explain(differing, folder)
        raise typer.Exit(1)


async def _play(city: City, local: LocalCity, folder: Path, pace: Pace) -> tuple[list[Row], list[Residual]]:
    with pace:
        async with Endpoint(str(local.gateway_url)) as endpoint:
            stage = Stage(city, endpoint, Badges(local.keys), pace, local.open311_url)
            await play(stage, folder / "demo" / "rosters")
            rows = await settled_bulletin(stage)
            await conclude(stage)
            return rows, await read_residuals(stage)


def _say_costs(pace: Pace, before: Reading, after: Reading, seconds: float) -> None:
    console.print(phases_table(pace.timings, seconds))
    console.print(costs_table(before, after, seconds))
    console.print(events_line(before, after, seconds), highlight=False)


def _report(server: Server, what: str) -> None:
    console.print(f"  [bold]{server.name:<17}[/] {what}", highlight=False)


def _say_goodbye(local: LocalCity, folder: Path, seconds: float) -> None:
    lines = (
        f"\nDone in {seconds:.0f} s; the rows are in {folder / 'bulletin.json'}. The city keeps running:",
        f"  GraphQL    [bold]{local.gateway_url}[/] (a browser gets an explorer there)",
        f"  a token    [bold]make token ROLE=CITY_ADMIN SCOPE={CITY}[/]",
        "  stop it    [bold]make down[/]",
    )
    console.print("\n".join(lines), highlight=False, soft_wrap=True)


def _explain(differing: list[str], folder: Path) -> None:
    console.print(
        f"[red]Not as expected: {', '.join(differing)}.[/] "
        "If somebody changed the demo's data by hand, `make clean` and play again. "
        f"Else see in {folder / 'logs'} whether a worker failed, and whether there are dead letters.",
        soft_wrap=True,
    )


def main() -> None:
    try:
        app()
    except (PlayError, StartError, StateError, KeyFileError, OSError) as error:
        complain(error)
        raise SystemExit(1) from None
