"""One background process: started with its log, found again by a later command, stopped."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from huijia_local.waiting import wait_until


class StartError(Exception):
    """A process did not become ready; the message ends with the tail of its log."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name} {reason}. The end of {log}:\n{log_tail(log)}")


def log_tail(log: Path, lines: int = 60) -> str:
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(the log is empty)"


@dataclass(frozen=True)
class Process:
    """A process known by its id and its start time, so that a reused id is never mistaken for it."""

    name: str
    pid: int
    started: float
    log: Path

    @classmethod
    def spawn(cls, name: str, argv: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None) -> Self:
        """Start in a session of its own, so that it outlives this command; both outputs are appended to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
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
        return cls(name, pid, psutil.Process(pid).create_time(), log)

    @property
    def alive(self) -> bool:
        process = self._process()
        return process is not None and process.status() != psutil.STATUS_ZOMBIE

    def wait_ready(self, ready: Callable[[], bool], within: float) -> None:
        """Raise StartError if it ends, or isn't ready `within` seconds."""
        settled = wait_until(lambda: not self.alive or ready(), within)
        if not self.alive:
            raise StartError(self.name, "ended while starting", self.log)
        if not settled:
            raise StartError(self.name, f"was not ready within {within:g} s", self.log)

    def stop(self, grace: float) -> bool:
        """SIGTERM, then SIGKILL when `grace` seconds are over; False if it had to be killed."""
        process = self._process()
        if process is None:
            return True
        process.terminate()
        try:
            process.wait(grace)
        except psutil.TimeoutExpired:
            self.kill()
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        process = self._process()
        if process is not None:
            process.kill()
            process.wait(10)

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            return process if abs(process.create_time() - self.started) < 1 else None
        except psutil.NoSuchProcess:
            return None
