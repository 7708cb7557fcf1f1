"""The command line: what every service has, `verify`, `rebuild` and `reproduce`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from servicekit.runtime.cli import command_line, opened_database
from servicekit.runtime.service import Service

from evaluation.domain.books import RULES
from evaluation.domain.contributions import EVERY_LANE
from evaluation.messages.archived import newest_facts
from evaluation.storage import drifts, verifications
from evaluation.storage.collections import LEDGER
from evaluation.use_cases.prove import outdated
from evaluation.use_cases.rebuild import Rebuild
from evaluation.use_cases.reproduce import Reproduction, counted
from evaluation.use_cases.verify import LaneReport, verify

Afresh = Annotated[bool, typer.Option(help="Begin anew; by default a run that was cut off is continued.")]
Check = Annotated[bool, typer.Option(help="Only compare; leave the kept books as they are.")]


def commands(service: Service) -> typer.Typer:
    line = command_line(service)

    @line.command("verify")
    def verify_books(afresh: Afresh = False) -> None:
        """Count everything afresh from the ledger and report any drift; exits 1 if there is one."""
        raise typer.Exit(asyncio.run(_verify(service, afresh)))

    @line.command("rebuild")
    def rebuild_books(afresh: Afresh = False, check: Check = False) -> None:
        """Count anew from the archive of events; exits 1 if books of this version differed. Stop the workers first."""
        raise typer.Exit(asyncio.run(_rebuild(service, afresh, check)))

    @line.command("reproduce")
    def reproduce(id: str) -> None:
        """Make a frozen bulletin (by its id) or a statement (by its number) anew from the archive; exits 1 if it
        doesn't come out the same. One at a time.
        """
        raise typer.Exit(asyncio.run(_reproduce(service, id)))

    return line


async def _verify(service: Service, afresh: bool) -> int:
    console = Console()
    async with opened_database(service) as database:
        if next_step := await outdated(database):
            console.print(f"Nothing to prove: {next_step}.", soft_wrap=True)
            return 1
        if afresh:
            await verifications.clear(database)
        done = await verifications.done(database)
        with Progress(console=console) as progress:
            task = progress.add_task("verify", total=await database[LEDGER].estimated_document_count())
            progress.advance(task, sum(facts for facts, _ in done.values()))

            def tell(lane: str, facts: int) -> None:
                progress.update(task, advance=facts, description=f"verify {lane}")

            async for report in verify(database, skip=done, tell=tell):
                _show_drifts(console, report)
                await verifications.note(database, report.lane, report.facts, report.drifting)
                await drifts.note(database, report.lane, report.drifting)
        done = await verifications.done(database)
        await verifications.clear(database)
    facts, drifting = sum(facts for facts, _ in done.values()), sum(drifting for _, drifting in done.values())
    console.print(f"{facts} facts in {len(done.keys() - {EVERY_LANE})} lanes, {drifting} drifts")
    return 1 if drifting else 0


def _show_drifts(console: Console, report: LaneReport) -> None:
    for drift in report.drifts:
        console.print(f"[red]drift[/red] {drift.key}: kept {drift.kept}, counted {drift.counted}")
    if more := report.drifting - len(report.drifts):
        console.print(f"... and {more} more drifts of the lane {report.lane}")


async def _rebuild(service: Service, afresh: bool, check: bool) -> int:
    console = Console()
    async with opened_database(service) as database:
        rebuild, upgrade = Rebuild(database, service.clock, newest_facts), bool(await outdated(database))
        if afresh:
            await rebuild.clear()
        with Progress(console=console) as progress:
            task = progress.add_task("rebuild", total=await rebuild.events_left())
            async for step in rebuild.replay():
                progress.update(task, advance=step.events, description=f"rebuild {step.lane}")
        differing = await rebuild.differing()
        if await rebuild.events_left():
            console.print("Events arrived meanwhile: stop the workers of evaluation and run this again; it continues.")
            return 1
        if (differing or upgrade) and not check:
            await rebuild.replace()
        await rebuild.clear()
    if not differing:
        console.print("The kept books are what the archive says, byte for byte.")
        return 0
    console.print(
        f"Differed: {', '.join(differing)}. {'Left as they were' if check else 'Replaced by the rebuilt ones'}."
    )
    return 0 if upgrade and not check else 1


async def _reproduce(service: Service, id: str) -> int:
    console = Console()
    async with opened_database(service) as database:
        kept = await counted(database, id)
        if kept is None:
            console.print("No frozen bulletin has this id, and no statement this number.")
            return 2
        reproduction = Reproduction(database, service.clock, newest_facts, kept)
        await reproduction.clear()
        with Progress(console=console) as progress:
            task = progress.add_task("reproduce", total=await reproduction.events_left())
            async for step in reproduction.replay():
                progress.update(task, advance=step.events, description=f"reproduce {step.lane}")
        digest = (await reproduction.content()).digest()
        await reproduction.clear()
    if kept.rules != RULES:
        console.print(f"It was counted by rules {kept.rules or 'of before'}, now by rules {RULES}.")
    same = digest == kept.digest
    console.print(f"kept {kept.digest}\nmade {digest}\n{'The same, bit for bit.' if same else 'They differ.'}")
    return 0 if same else 1
