"""The command `indexes`: a new version's indexes are made before it is rolled out, an old one's dropped afterwards."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from servicekit.runtime.service import Service
from servicekit.runtime.worker import OWN_COLLECTIONS
from servicekit.storage.indexes import drop, ensure_indexes, unknown_indexes
from servicekit.storage.mongo import connect, open_database

Prune = Annotated[
    bool, typer.Option(help="Drop those that this version doesn't know; when no older one runs any more.")
]


def add_indexes(line: typer.Typer, service: Service) -> None:
    @line.command("indexes")
    def indexes(prune: Prune = False) -> None:
        """Make missing collections and indexes while others serve; name the indexes that are not of this version."""
        asyncio.run(_make(service, prune))


async def _make(service: Service, prune: bool) -> None:
    settings = service.settings.read()
    collections = {**OWN_COLLECTIONS, **service.collections}
    console = Console()
    async with connect(settings.mongodb_uri) as client:
        database = open_database(client, settings.database or service.name)
        with console.status("Making indexes"):
            await ensure_indexes(database, collections)
        unknown = await unknown_indexes(database, collections)
        for collection, index in unknown:
            console.print(f"{collection}.{index} is not of this version", highlight=False)
        if prune:
            await drop(database, unknown)
    console.print(
        f"{len(collections)} collections are ready, {len(unknown)} indexes {'dropped' if prune else 'left over'}"
    )
