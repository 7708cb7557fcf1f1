"""`make bench`: measures what is promised about speed, as ratios in one run, and writes `.local/bench.json`."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tests.load import (
    bus_throughput,
    division_import,
    evaluation_reading,
    lane_scaling,
    nested_query,
    reconciliation,
    service_tracking,
)

RESULTS = Path(".local/bench.json")
console = Console()


@dataclass(frozen=True)
class Benchmark:
    """`run` answers figures by name, among them the one that has an aim."""

    about: str
    run: Callable[[], dict[str, object]]
    aim: str


BENCHMARKS = {
    "bus": Benchmark(
        "Outbox row to committed effect, against raw confirmed publishing", bus_throughput.run, "ratio ≥ 0.5"
    ),
    "lanes": Benchmark(
        "Two replicas of evaluation on disjoint lanes against one on all", lane_scaling.run, "ratio ≥ 1.6 on two cores"
    ),
    "nested": Benchmark(
        "The nested question through the gateway, against its fetches sent directly", nested_query.run, "ratio ≤ 1.25"
    ),
    "divisions": Benchmark(
        "Importing the official table of 40,000 division codes",
        division_import.run,
        "under a minute",
    ),
    "reconciliation": Benchmark(
        "Reconciling a roster of 37,466 lines, and one of ten times that", reconciliation.run, "ratio ≤ 11"
    ),
    "evaluation": Benchmark(
        "The city's bulletin and a community's score, and from ten times the facts",
        evaluation_reading.run,
        "ratio ≤ 1.5",
    ),
    "claims": Benchmark(
        "Claims a second on one hot offer, against as many offers as claims", service_tracking.run_claims, "ratio ≥ 0.2"
    ),
    "confirmations": Benchmark(
        "A bulk confirmation of 500: a record in it, against one alone",
        service_tracking.run_confirmations,
        "ratio ≤ 0.3",
    ),
    "open-offers": Benchmark(
        "The open offers of a community with 100,000 old ones, against one with 100",
        service_tracking.run_open_offers,
        "ratio ≤ 1.5",
    ),
}


def main(names: Annotated[list[str] | None, typer.Argument(help=", ".join(BENCHMARKS))] = None) -> None:
    """Run the named benchmarks, or all of them."""
    results: dict[str, dict[str, object]] = {}
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            raise typer.BadParameter(f"{name} is none of {', '.join(BENCHMARKS)}")
        results[name] = BENCHMARKS[name].run()
        console.print(_table(BENCHMARKS[name], results[name]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2))


def _table(benchmark: Benchmark, figures: dict[str, object]) -> Table:
    table = Table("figure", "measured", title=f"{benchmark.about} (aim: {benchmark.aim})", title_justify="left")
    for name, value in figures.items():
        table.add_row(name, f"{value:,}" if isinstance(value, int | float) else str(value))
    return table


if __name__ == "__main__":
    typer.run(main)
