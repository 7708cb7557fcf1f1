"""How much memory processes hold."""

from collections.abc import Iterable
from pathlib import Path


def resident_mib(pid: int) -> float:
    """VmRSS of a process, from proc(5)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise ProcessLookupError(pid)


def resident(pids: Iterable[int]) -> list[float]:
    return [resident_mib(pid) for pid in pids]
