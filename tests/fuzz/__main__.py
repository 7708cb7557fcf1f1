"""`make fuzz OPERATIONS=20000`: asks a small city of its own generated operations; exits 1 at any fault."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from huijia_demo.city import build_city
from huijia_demo.pace import Pace
from huijia_demo.play.badges import Badges
from huijia_demo.play.endpoint import Endpoint
from huijia_demo.play.scenario import play
from huijia_demo.play.stage import Stage
from huijia_local.city import City
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.fuzz.asking import Asker, Places, tokens
from tests.fuzz.memory import resident
from tests.fuzz.run import fuzz

FOLDER = Path(".local/fuzz")
SCALE = 0.002
WARM = 0.25  # caches fill during the first part
console = Console()


def main(
    operations: Annotated[int, typer.Option(min=1)] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed asks the same.")] = 1,
) -> None:
    """Ask operations with tokens of many roles: no fault, masked or not, no 5xx, steady memory."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUIJIA_")}
    city = City((FOLDER / "city").absolute(), env)
    try:
        with console.status("A small city is started and played"):
            city.up()
            stage = asyncio.run(_play(city))
        report = _ask(city, stage, operations, seed)
    finally:
        city.down()
    (FOLDER / "report.json").write_text(json.dumps(report, indent=2, ensure_ascii=False))
    console.print_json(json.dumps({**report, "complaints": report["complaints"][:10]}, ensure_ascii=False))
    sys.exit(1 if report["complaints"] else 0)


async def _play(city: City) -> Stage:
    async with Endpoint(str(city.gateway_url)) as endpoint:
        stage = Stage(build_city(SCALE), endpoint, Badges(city.keys), Pace(Console(quiet=True)), city.open311_url)
        await play(stage, FOLDER / "rosters")
    return stage


def known_texts(stage: Stage) -> list[str]:
    """Ids and codes of things that exist."""
    by_kind = (stage.units, stage.members, stage.offers, stage.claims, stage.organs, stage.grids)
    ids = [id for things in by_kind for id in list(things.values())[:5]]
    codes = stage.city.communities[:3]
    return [*ids, *codes, codes[0][:9], codes[0][:6], "350800", "EDUCATION"]


def places_of(stage: Stage) -> Places:
    person, member = next(iter(stage.members.items()))
    return Places(member, stage.units[person.unit], person.community)


def _ask(city: City, stage: Stage, operations: int, seed: int) -> dict[str, list[str] | object]:
    asker = Asker(str(city.gateway_url), tokens(city.keys, places_of(stage)), tell=console.print)
    servers = [server for server in city.servers() if server.name not in ("mongod", "rabbitmq")]
    pids = {server.name: server.processes[server.name].pid for server in servers}
    known = known_texts(stage)
    columns = (TextColumn("Operations"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=operations)
        warm = fuzz(asker, int(operations * WARM), known, seed, lambda done: progress.update(task, completed=done))
        before = resident(pids.values())
        rest = fuzz(
            asker,
            operations - warm,
            known,
            seed + 1,
            lambda done: progress.update(task, completed=warm + done),
        )
        after = resident(pids.values())
    asker.close()
    return {
        "operations": warm + rest,
        "seed": seed,
        "answers by error code": dict(asker.codes.most_common()),
        "memory MiB, warm": dict(zip(pids, map(round, before), strict=True)),
        "memory MiB, end": dict(zip(pids, map(round, after), strict=True)),
        "complaints": asker.complaints,
    }


if __name__ == "__main__":
    typer.run(main)
