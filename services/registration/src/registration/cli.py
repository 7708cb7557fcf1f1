"""What registration adds to the command line: `import-divisions`."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from servicekit.runtime.service import Service

from registration.division_table import import_file
from registration.domain.tables import Encoding


def add_import_divisions(line: typer.Typer, service: Service) -> None:
    @line.command("import-divisions")
    def import_divisions(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
        encoding: Annotated[Encoding | None, typer.Option(help="Detected when not given.")] = None,
        effective_on: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Since when the table holds; today by default.")
        ] = None,
        refused_to: Annotated[Path | None, typer.Option(help="A CSV file for the rows that were refused.")] = None,
    ) -> None:
        """Import the official table of division codes (CSV or spreadsheet, any size); exits 1 if rows were refused.

        Importing the same table again changes nothing, so a run that was broken off is simply repeated.
        """
        on = effective_on.date() if effective_on else None
        raise typer.Exit(asyncio.run(import_file(service, file.read_bytes(), encoding, on, refused_to)))
