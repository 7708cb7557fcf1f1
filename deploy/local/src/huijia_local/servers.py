"""What the supervisor starts, watches and stops."""

from abc import ABC, abstractmethod
from pathlib import Path

from huijia_local.processes import Process, StartError


class Server(ABC):
    """A named server on one port. The process called like the server is the main one, others only help it.

    All methods block: call them through `asyncio.to_thread` from a running event loop.
    """

    start_limit = 90.0
    stop_grace = 30.0

    def __init__(self, name: str, port: int, log: Path) -> None:
        self.name = name
        self.port = port
        self.log = log
        self.processes: dict[str, Process] = {}

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    def fingerprint(self) -> str:
        """Differs from that of a running one that must be replaced because its settings changed."""
        return ""

    @abstractmethod
    def launch(self) -> None:
        """Fill `processes`."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it does its work now."""

    @property
    def alive(self) -> bool:
        return self.name in self.processes and self.processes[self.name].alive

    def start(self) -> None:
        """Return when it is ready. Raises StartError, and then nothing of it is left running."""
        self.kill()
        try:
            self.launch()
            self.wait_ready()
        except StartError:
            self.kill()
            raise

    def wait_ready(self) -> None:
        self.processes[self.name].wait_ready(self.ready, self.start_limit)

    def stop(self) -> bool:
        """SIGTERM and wait; False if it had to be killed because the grace period was over."""
        clean = self.name not in self.processes or self.processes[self.name].stop(self.stop_grace)
        self.kill()
        return clean

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        for process in self.processes.values():
            process.kill()
        self.processes.clear()

    def restart(self) -> None:
        self.stop()
        self.start()
