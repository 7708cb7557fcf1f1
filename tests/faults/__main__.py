"""`python -m tests.faults --minutes 10 --seed 1`: a long trial with a report in .local/faults/."""

import asyncio
import shutil
import sys
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tests.faults.nemesis import Fault
from tests.faults.report import as_markdown, write_report
from tests.faults.trial import trial

FOLDER = Path(".local/faults")


def main(
    minutes: Annotated[float, typer.Option(min=0.1, help="How long the nemesis is at work.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed does the same again.")] = 1,
    writers: Annotated[int, typer.Option(min=1, help="Clients at work side by side.")] = 4,
) -> None:
    """Kill, stop, slow and cut a whole city under load, heal it, and see whether anything was lost; exits 1 if so."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[faults]} faults"))
    world = FOLDER.absolute() / "world"
    shutil.rmtree(world, ignore_errors=True)
    with Progress(*columns, TimeElapsedColumn()) as progress:
        task = progress.add_task("", total=minutes * 60, faults=0)
        faults: list[Fault] = []
        began = monotonic()

        def tell(fault: Fault) -> None:
            faults.append(fault)
            progress.update(task, completed=monotonic() - began, faults=len(faults))
            progress.console.print(f"{fault.healed - fault.began:5.1f} s  {fault.kind}: {fault.target}")

        def say(text: str) -> None:
            nonlocal began
            began = monotonic()
            progress.update(task, description=text)

        members = max(20, int(60 * minutes))
        running = trial(world, seed=seed, seconds=minutes * 60, writers=writers, members=members, tell=tell, say=say)
        figures = write_report(asyncio.run(running), FOLDER)
    Console().print(as_markdown(figures), markup=False, highlight=False)
    sys.exit(1 if figures["problems"] else 0)


if __name__ == "__main__":
    typer.run(main)
