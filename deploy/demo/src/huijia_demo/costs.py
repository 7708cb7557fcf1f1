"""What a play costs: its phases, the events that it sent through the bus, and what each process took."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from huijia_local.city import City as LocalCity
from huijia_local.processes import Process
from huijia_local.services import Service
from prometheus_client.parser import text_string_to_metric_families
from rich.box import SIMPLE_HEAD
from rich.table import Table

from huijia_demo.pace import Timing

PUBLISHED = "huijia_outbox_dispatched_total"
APPLIED = "huijia_consumer_applied_total"
MEBIBYTE = 2**20


@dataclass(frozen=True)
class Reading:
    """What the city has computed and sent until now. CPU seconds and peak memory (bytes) are by process."""

    published: int
    applied: int
    cpu: Mapping[str, float]
    peak: Mapping[str, int]

    @classmethod
    def of(cls, city: LocalCity) -> Self:
        servers = city.servers()
        services = [server for server in servers if isinstance(server, Service)]
        totals = sum((counted(service.metrics()) for service in services if service.alive), Counter[str]())
        processes = {server.name: server.processes[server.name] for server in servers if server.alive}
        processes["player"] = Process.own("player")
        return cls(
            published=totals[PUBLISHED],
            applied=totals[APPLIED],
            cpu={name: process.cpu_seconds for name, process in processes.items()},
            peak={name: process.peak_memory for name, process in processes.items()},
        )


def phases_table(timings: Sequence[Timing], seconds: float) -> Table:
    """One row a phase, and the whole play, which took `seconds`."""
    table = _table("phase", "rows", "seconds", "rows/s")
    for one in timings:
        table.add_row(one.name, f"{one.rows:,}", f"{one.seconds:,.1f}", f"{one.rate:,.0f}")
    rows = sum(one.rows for one in timings)
    table.add_row("[bold]all[/]", f"{rows:,}", f"{seconds:,.1f}", f"{rows / seconds:,.0f}")
    return table


def costs_table(before: Reading, after: Reading, seconds: float) -> Table:
    """What each process took between two readings, and the most memory it ever held."""
    table = _table("process", "peak MiB", "CPU seconds", "of one core")
    for name, peak in after.peak.items():
        cpu = after.cpu[name] - before.cpu.get(name, 0)
        table.add_row(name, f"{peak / MEBIBYTE:,.0f}", f"{cpu:,.1f}", f"{cpu / seconds:.0%}")
    return table


def events_line(before: Reading, after: Reading, seconds: float) -> str:
    published, applied = after.published - before.published, after.applied - before.applied
    return (
        f"{published:,} events published, {published / seconds:,.0f} a second; "
        f"applied {applied:,} times by the services that consume them, {applied / seconds:,.0f} a second."
    )


def counted(metrics: str) -> Counter[str]:
    """The sums of the samples of each name."""
    counts: Counter[str] = Counter()
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name in (PUBLISHED, APPLIED):
                counts[sample.name] += int(sample.value)
    return counts


def _table(*columns: str) -> Table:
    first, *numbers = columns
    table = Table(first, box=SIMPLE_HEAD)
    for column in numbers:
        table.add_column(column, justify="right")
    return table
