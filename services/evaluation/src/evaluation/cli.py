"""The command line: what every service has, and `verify`."""

import asyncio

import typer
from rich.console import Console
from rich.progress import Progress
from servicekit.runtime.cli import command_line
from servicekit.runtime.service import Service
from servicekit.storage.mongo import connect, open_database

from evaluation.use_cases.verify import LaneReport, verify

SHOWN_DRIFTS = 20


def commands(service: Service) -> typer.Typer:
    line = command_line(service)

    @line.command("verify")
    def verify_books() -> None:
        """Count everything afresh from the ledger and report any drift; exits 1 if there is one."""
        reports = asyncio.run(_verify(service))
        console = Console()
        for report in reports:
            for drift in report.drifts[:SHOWN_DRIFTS]:
                console.print(f"[red]drift[/red] {drift.key}: kept {drift.kept}, counted {drift.counted}")
        facts, drifts = sum(report.facts for report in reports), sum(len(report.drifts) for report in reports)
        console.print(f"{facts} facts in {len(reports)} lanes, {drifts} drifts")
        raise typer.Exit(1 if drifts else 0)

    return line


async def _verify(service: Service) -> list[LaneReport]:
    settings = service.settings.read()
    reports = []
    async with connect(settings.mongodb_uri) as client:
        database = open_database(client, settings.database or service.name)
        with Progress() as progress:
            task = progress.add_task("verify", total=await database["ledger"].estimated_document_count())
            async for report in verify(database):
                progress.update(task, advance=report.facts, description=f"verify {report.lane}")
                reports.append(report)
    return reports
