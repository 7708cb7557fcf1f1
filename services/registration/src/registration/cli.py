"""The command line: what every service has, and `rotate-keys`."""

import asyncio

import typer
from rich.console import Console
from rich.progress import Progress
from servicekit.runtime.cli import command_line
from servicekit.runtime.service import Service
from servicekit.security.vault import Vault
from servicekit.storage.mongo import connect, open_database

from registration.settings import RegistrationSettings
from registration.storage.rotation import SEALED_IN, rotate


def commands(service: Service) -> typer.Typer:
    line = command_line(service)

    @line.command("rotate-keys")
    def rotate_keys() -> None:
        """Seal all personal data anew under the active key, while the service serves; exits 1 if some is left."""
        raise typer.Exit(asyncio.run(_rotate(service)))

    return line


async def _rotate(service: Service) -> int:
    settings = RegistrationSettings.read()
    vault = Vault.from_files(settings.data_keys, settings.blind_index_key)
    async with connect(settings.mongodb_uri) as client:
        database = open_database(client, settings.database or service.name)
        with Progress() as progress:
            documents = sum([await database[name].estimated_document_count() for name in SEALED_IN])
            # Two passes at least: the last one finds nothing left.
            task = progress.add_task("Sealing anew", total=documents * 2)
            rotated = await rotate(database, vault, lambda count: progress.advance(task, count))
    Console().print(f"{rotated.resealed} sealed anew under {vault.active}, {rotated.left} left")
    return 1 if rotated.left else 0
