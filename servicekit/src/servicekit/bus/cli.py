"""The bus on the command line: dead letters listed and replayed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from servicekit.bus.dead_letters import DeadLetter, DeadLetters

T = TypeVar("T")
OpenDeadLetters = Callable[[], AbstractAsyncContextManager[DeadLetters]]


def bus_app(open_dead_letters: OpenDeadLetters) -> typer.Typer:
    """The commands `list` and `replay`, on the dead letters of the service that `open_dead_letters` connects to."""
    commands = typer.Typer(help="Events that could not be applied.", no_args_is_help=True)

    @commands.command("list")
    def show(limit: Annotated[int, typer.Option(min=1, help="How many, oldest first.")] = 100) -> None:
        """List them: event, lane queue, attempts, when it died, and why."""
        letters = _run(open_dead_letters, lambda dead: dead.list(limit))
        console = Console()
        if letters:
            console.print(_table(letters))
        else:
            console.print("No dead letters.")

    @commands.command()
    def replay(
        event: Annotated[list[str] | None, typer.Option(help="Id of an event; repeat it for several.")] = None,
    ) -> None:
        """Send them back to their lanes with fresh attempts: those named, or all."""
        ids = set(event) if event else None
        replayed = _run(open_dead_letters, lambda dead: dead.replay(ids))
        Console().print(f"{replayed} replayed.")
        if ids and replayed < len(ids):
            Console(stderr=True).print("Some of these are no dead letters, or their lane has no queue any more.")
            raise typer.Exit(1)

    return commands


def _run(open_dead_letters: OpenDeadLetters, use: Callable[[DeadLetters], Awaitable[T]]) -> T:
    async def work() -> T:
        async with open_dead_letters() as dead:
            return await use(dead)

    return asyncio.run(work())


def _table(letters: list[DeadLetter]) -> Table:
    table = Table("event", "lane queue", "attempts", "died at", "cause", box=None)
    for column in table.columns[:4]:
        column.no_wrap = True
    table.columns[0].overflow = table.columns[4].overflow = "fold"
    for letter in letters:
        table.add_row(letter.id, letter.lane_queue, str(letter.attempts), letter.died_at, letter.cause)
    return table
