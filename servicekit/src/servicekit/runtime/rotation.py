"""The command `rotate-keys` of a service that seals personal data."""

import asyncio

import typer
from rich.console import Console
from rich.progress import Progress

from servicekit.runtime.service import Service
from servicekit.runtime.settings import SealingSettings
from servicekit.security.proofs import prove_keys
from servicekit.security.rotation import rotate
from servicekit.storage.mongo import connect, open_database


def add_rotation(line: typer.Typer, service: Service) -> None:
    @line.command("rotate-keys")
    def rotate_keys() -> None:
        """Seal all personal data anew under the active key, while the service serves; exits 1 if some is left."""
        raise typer.Exit(asyncio.run(_rotate(service)))


async def _rotate(service: Service) -> int:
    settings = service.settings.read()
    assert isinstance(settings, SealingSettings)
    vault = settings.vault()
    async with connect(settings.mongodb_uri) as client:
        database = open_database(client, settings.database or service.name)
        await prove_keys(database, vault)
        with Progress() as progress:
            documents = sum([await database[name].estimated_document_count() for name in service.sealed_in])
            # Two passes at least: the last one finds nothing left.
            task = progress.add_task("Sealing anew", total=documents * 2)
            rotated = await rotate(database, vault, service.sealed_in, lambda count: progress.advance(task, count))
    Console().print(f"{rotated.resealed} sealed anew under {vault.active}, {rotated.left} left")
    return 1 if rotated.left else 0
