"""The official table of division codes, 40,000 rows, imported as the command does it, and imported again."""

import asyncio
import os
import secrets
import time
import tracemalloc

from registration.domain.division_rows import COLUMNS, WHOLE_TABLE, CheckedRows, check_lines
from registration.domain.tables import read_table
from registration.storage.collections import COLLECTIONS
from registration.use_cases.import_divisions import ImportReport, import_table
from servicekit.domain import SystemClock
from servicekit.storage import audit, outbox
from servicekit.storage.commands import Commands
from servicekit.storage.indexes import ensure_indexes
from servicekit.storage.mongo import connect

from tests.support.servers import running_mongod

ROWS = 40_000
COUNTIES, SUBDISTRICTS = 12, 33


def run(rows: int = ROWS) -> dict[str, object]:
    """Seconds to read and check the file, to import it, to import it again without effect; the peak of memory."""
    content = _table(rows)
    tracemalloc.start()
    started = time.perf_counter()
    checked = check_lines(read_table(content, COLUMNS, None, WHOLE_TABLE).lines)
    reading = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    with running_mongod() as server:
        seconds, again = asyncio.run(_import(os.environ.get("HUIJIA_MONGODB_URI") or server.url, checked))
    return {
        "rows": rows,
        "seconds to read and check (traced)": round(reading, 2),
        "peak MiB of reading": round(peak, 1),
        "seconds to import": round(seconds, 2),
        "rows/s": round(rows / seconds),
        "seconds to import again": round(again, 2),
    }


async def _import(uri: str, checked: CheckedRows) -> tuple[float, float]:
    async with connect(uri) as client:
        database = client[f"bench_{secrets.token_hex(4)}"]
        await ensure_indexes(database, {**COLLECTIONS, outbox.OUTBOX: outbox.INDEXES, audit.AUDIT: audit.INDEXES})
        commands = Commands(database, source="registration", clock=SystemClock())
        seconds, first = await _timed(commands, checked)
        again, second = await _timed(commands, checked)
        await client.drop_database(database.name)
    if (len(first.created), len(second.unchanged)) != (len(checked.good), len(checked.good)):
        raise AssertionError(f"created {len(first.created)}, unchanged {len(second.unchanged)} of {len(checked.good)}")
    return seconds, again


async def _timed(commands: Commands, checked: CheckedRows) -> tuple[float, ImportReport]:
    started = time.perf_counter()
    report = await import_table(commands, checked, None, lambda count: None)
    return time.perf_counter() - started, report


def _table(rows: int) -> bytes:
    """A city, its counties and sub-districts, and communities for the rest, as CSV in GBK like the official one."""
    counties = [f"3508{county:02d}" for county in range(2, 2 + COUNTIES)]
    above = [f"{county}{number:03d}" for county in counties for number in range(1, 1 + SUBDISTRICTS)]
    codes = ["350800", *counties, *above]
    communities = (f"{place}{number:03d}" for number in range(1, 1000) for place in above)
    codes += [next(communities) for _ in range(rows - len(codes))]
    lines = ["统计用区划代码,名称", *(f"{code.ljust(12, '0')},第{n}社区" for n, code in enumerate(codes))]
    return "\n".join(lines).encode("gbk")


if __name__ == "__main__":
    print(run())  # noqa: T201
