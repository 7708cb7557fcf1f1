"""One background process: started with its log, found again by a later command, stopped."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from huijia_local.waiting import wait_until

# A state of sockets in proc(5), and where a process's state, threads and start (clock ticks since boot) stand in it.
_LISTENING = "0A"
_STATE, _THREADS, _START = 0, 17, 19


class StartError(Exception):
    """A process did not become ready; the message ends with the tail of its log."""

    def __init__(self, process: "Process", reason: str) -> None:
        super().__init__(f"{process.name} {reason}. The end of {process.log}:\n{process.log_tail()}")


@dataclass(frozen=True)
class Process:
    """A process known by its id and its start (clock ticks since boot): a reused id is never mistaken for it.

    Its own part of the log begins at byte `log_start`.
    """

    name: str
    pid: int
    started: int
    log: Path
    log_start: int = 0

    @classmethod
    def spawn(cls, name: str, argv: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None) -> Self:
        """Start in a session of its own, so that it outlives this command; both outputs are appended to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        log_start = log.stat().st_size if log.exists() else 0
        pid = os.posix_spawnp(
            str(argv[0]),
            [str(part) for part in argv],
            {**os.environ, **(env or {})},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
        return cls(name, pid, int(_fields(pid)[_START]), log, log_start)

    @classmethod
    def own(cls, name: str) -> Self:
        """The process that asks."""
        return cls(name, os.getpid(), int(_fields(os.getpid())[_START]), Path(os.devnull))

    @property
    def alive(self) -> bool:
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)  # a child of ours that ended is gone only when somebody has asked
        try:
            fields = _fields(self.pid)
        except (FileNotFoundError, ProcessLookupError):
            return False
        # The first thread of a killed process can end before the others, and they keep its ports and files open.
        ended = fields[_STATE] in "ZX" and fields[_THREADS] == "1"
        return int(fields[_START]) == self.started and not ended

    def wait_ready(self, ready: Callable[[], bool], within: float) -> None:
        """Raise StartError if it ends, or isn't ready `within` seconds."""
        settled = wait_until(lambda: not self.alive or ready(), within)
        if not self.alive:
            raise StartError(self, "ended while starting")
        if not settled:
            raise StartError(self, f"was not ready within {within:g} s")

    def log_tail(self, lines: int = 60) -> str:
        written = self.log.read_bytes()[self.log_start :].decode(errors="replace")
        return "\n".join(written.splitlines()[-lines:]) or "(it wrote nothing)"

    def listens_on(self, port: int) -> bool:
        """Whether it is the one that accepts connections on this port. Raises FileNotFoundError when it is gone."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == _LISTENING and row[1].endswith(f":{port:04X}")}
        return any(_target(file) in sockets for file in Path(f"/proc/{self.pid}/fd").iterdir())

    @property
    def peak_memory(self) -> int:
        """The most bytes that were resident at once since it started. Raises FileNotFoundError when it is gone."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    @property
    def cpu_seconds(self) -> float:
        """What it computed since it started, user and system. Raises FileNotFoundError when it is gone."""
        user, system = _fields(self.pid)[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def terminate(self) -> None:
        """Send SIGTERM and don't wait."""
        self._send(signal.SIGTERM)

    def stop(self, grace: float) -> bool:
        """SIGTERM, then SIGKILL when `grace` seconds are over; False if it had to be killed."""
        self.terminate()
        if wait_until(lambda: not self.alive, grace):
            return True
        self.kill()
        return False

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._send(signal.SIGKILL)
        wait_until(lambda: not self.alive, within=10, every=0.01)

    def _send(self, number: signal.Signals) -> None:
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _target(link: Path) -> str | None:
    try:
        return os.readlink(link)
    except FileNotFoundError:
        return None


def _fields(pid: int) -> list[str]:
    """The fields of proc(5) behind the command."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
