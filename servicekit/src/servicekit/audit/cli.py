"""The audit trail on the command line: verified from its first link on."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from servicekit.audit.chain import CHAIN
from servicekit.audit.verify import BrokenChain, Head, open_entries, verify
from servicekit.storage.mongo import Database

OpenDatabase = Callable[[], AbstractAsyncContextManager[Database]]
NotedHead = Annotated[
    str | None, typer.Option(help="BLOCK:HASH that was noted before, such as from the log event audit.sealed.")
]


def audit_app(open_database: OpenDatabase) -> typer.Typer:
    """The command `verify`, on the database that `open_database` connects to."""
    commands = typer.Typer(help="The audit trail.", no_args_is_help=True)

    @commands.callback()
    def group() -> None:
        """The audit trail."""

    @commands.command("verify")
    def verify_chain(head: NotedHead = None) -> None:
        """Check every link; exits 1 at the first one that is broken, and says which."""
        raise typer.Exit(asyncio.run(_verify(open_database, _head(head) if head else None)))

    return commands


def _head(text: str) -> Head:
    block, _, hash_ = text.partition(":")
    if not (block.isdigit() and len(hash_) == 64):
        raise typer.BadParameter("a head is BLOCK:HASH, with 64 hexadecimal digits", param_hint="--head")
    return Head(int(block), hash_)


async def _verify(open_database: OpenDatabase, noted: Head | None) -> int:
    console = Console()
    head, entries = Head(0, "-"), 0
    async with open_database() as database:
        with Progress(console=console) as progress:
            task = progress.add_task("verify", total=await database[CHAIN].estimated_document_count())
            try:
                async for step in verify(database, noted):
                    head, entries = step.head, step.entries
                    progress.advance(task)
            except BrokenChain as broken:
                console.print(f"[red]broken[/red] {broken}", soft_wrap=True)
                return 1
        waiting = await open_entries(database)
    console.print(f"{entries} entries in {head.block} blocks hold, {waiting} not sealed yet", soft_wrap=True)
    console.print(f"head {head.block}:{head.hash}", soft_wrap=True)
    return 0
