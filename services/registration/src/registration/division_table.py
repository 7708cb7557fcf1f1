"""`python -m registration import-divisions FILE`: the official table of codes, with progress and a report."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from servicekit.domain import Refusal, SystemClock
from servicekit.runtime.service import Service
from servicekit.storage.commands import Commands
from servicekit.storage.mongo import connect, open_database

from registration.domain.division_rows import COLUMNS, WHOLE_TABLE, check_lines
from registration.domain.divisions import Level, level_of
from registration.domain.tables import Encoding, read_table
from registration.use_cases.import_divisions import ImportReport, import_table

_SHOWN = 20


async def import_file(
    service: Service, content: bytes, encoding: Encoding | None, effective_on: date | None, refused_to: Path | None
) -> int:
    """The exit code: 0 when every row is in the tree now, 1 when some were refused, or the whole file was."""
    console = Console()
    try:
        rows = check_lines(read_table(content, COLUMNS, encoding, WHOLE_TABLE).lines)
    except Refusal as refusal:
        _tell(console, refusal)
        return 1
    settings = service.settings.read()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with connect(settings.mongodb_uri) as client:
        database = open_database(client, settings.database or service.name)
        commands = Commands(database, source=service.name, clock=SystemClock())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("导入区划 / Importing divisions", total=len(rows.good))
            report = await import_table(commands, rows, effective_on, lambda count: progress.advance(task, count))
    console.print(_counts(report))
    if report.refused:
        console.print(_refused(report))
        if refused_to:
            write_refused(report, refused_to)
    return 1 if report.refused else 0


def write_refused(report: ImportReport, file: Path) -> None:
    """Every refused row as CSV in UTF-8 with a byte order mark, which spreadsheets need."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        out = csv.writer(opened)
        out.writerow(["行 / row", "代码 / code", "列 / column", "原因", "reason"])
        for row, refusal in sorted(report.refused.items()):
            out.writerow([row, refusal.code, refusal.path or "", refusal.message("zh"), refusal.message("en")])


def _counts(report: ImportReport) -> Table:
    table = Table("级别 / level", "新增 / created", "更改 / updated", "未变 / unchanged")
    by_kind = [Counter(map(level_of, codes)) for codes in (report.created, report.updated, report.unchanged)]
    for level in Level:
        if any(counts[level] for counts in by_kind):
            table.add_row(level, *(f"{counts[level]:,}" for counts in by_kind))
    table.add_section()
    table.add_row("合计 / total", *(f"{counts.total():,}" for counts in by_kind))
    return table


def _refused(report: ImportReport) -> Table:
    title = f"未导入 {len(report.refused):,} 行 / {len(report.refused):,} rows were refused"
    table = Table("行 / row", "列 / column", "原因 / reason", title=title, title_justify="left")
    for row, refusal in sorted(report.refused.items())[:_SHOWN]:
        table.add_row(str(row), refusal.path or "", f"{refusal.message('zh')}\n{refusal.message('en')}")
    if len(report.refused) > _SHOWN:
        table.add_row("…", "", "其余见 --refused-to / see --refused-to for the others")
    return table


def _tell(console: Console, refusal: Refusal) -> None:
    for language in ("zh", "en"):
        console.print(f"{refusal.message(language)} {refusal.next_step(language)}", markup=False)
