"""The bulletin that evaluation computed from events, beside what was published and what this scale must come out at."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import orjson
from rich.box import SIMPLE_HEAD
from rich.table import Table

from huijia_demo.figures import CITY, FIGURES, MEASURED_YEAR, NOW, PERSON_VISITS, Figure, Fraction
from huijia_demo.play.stage import Stage

BULLETIN = """
query($division: ID!, $year: Int!, $now: Date!) {
  bulletin(division: $division, year: $year, upTo: $now) { rows { figure numerator denominator } }
}
"""
POLL_SECONDS = 0.5
# Longer than the bus's second delay tier: an event that had to be tried again may still come.
STILL_SECONDS = 90
# However much there is to count.
LIMIT_SECONDS = 3600


@dataclass(frozen=True)
class Row:
    figure: Figure
    expected: Fraction
    measured: Fraction | None

    @property
    def equal(self) -> bool:
        return self.measured == self.expected


async def settled_bulletin(stage: Stage) -> list[Row]:
    """The bulletin as soon as it is as expected, or when nothing has changed any more for a minute and a half."""
    expected = PERSON_VISITS.expected(stage.city.scale).numerator
    with stage.phase("Counted by evaluation", expected):
        rows = await read_bulletin(stage)
        changed = started = monotonic()
        while not all(row.equal for row in rows) and monotonic() - changed < STILL_SECONDS:
            if monotonic() - started > LIMIT_SECONDS:
                break
            await asyncio.sleep(POLL_SECONDS)
            newer = await read_bulletin(stage)
            if newer != rows:
                rows, changed = newer, monotonic()
                stage.pace.show(
                    next(row.measured.numerator for row in rows if row.figure is PERSON_VISITS and row.measured)
                )
    return rows


async def read_bulletin(stage: Stage) -> list[Row]:
    answer = await stage.endpoint.ask(BULLETIN, stage.badges.city(), division=CITY, year=MEASURED_YEAR, now=NOW)
    measured = {row["figure"]: Fraction(row["numerator"], row["denominator"]) for row in answer["bulletin"]["rows"]}
    return [Row(figure, figure.expected(stage.city.scale), measured.get(figure.id)) for figure in FIGURES]


def _visits(rows: Iterable[Row]) -> int:
    return sum(row.measured.numerator for row in rows if row.figure is PERSON_VISITS and row.measured)


def as_table(rows: Iterable[Row], scale: float) -> Table:
    table = Table(title=f"Longyan, mid-2015 to the end of {MEASURED_YEAR}, at scale {scale:g}", box=SIMPLE_HEAD)
    table.add_column("figure")
    for column in ("published", "expected at this scale", "measured"):
        table.add_column(column, justify="right")
    table.add_column("")
    for row in rows:
        verdict = "[green]equal[/]" if row.equal else "[bold red]DIFFERS[/]"
        measured = "missing" if row.measured is None else str(row.measured)
        table.add_row(row.figure.label, str(row.figure.as_published), str(row.expected), measured, verdict)
    return table


def write_json(rows: Iterable[Row], path: Path) -> None:
    """A list of {figure, published, expected, measured}; rates are percentages with four decimals."""
    content = [
        {
            "figure": row.figure.label,
            "published": row.figure.as_published.value,
            "expected": row.expected.value,
            "measured": row.measured.value if row.measured else None,
        }
        for row in rows
    ]
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
