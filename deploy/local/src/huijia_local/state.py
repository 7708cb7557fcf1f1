"""What one command leaves for the next: ports, and the processes that run."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from huijia_local.processes import Process
from huijia_local.servers import Server


class StateError(Exception):
    """The state file can't be understood."""


@dataclass(frozen=True)
class Running:
    """A server as it was started."""

    fingerprint: str
    url: str
    processes: dict[str, Process]


@dataclass
class State:
    """Ports outlive a stop, so that addresses stay the same; `servers` are those that were started."""

    ports: dict[str, int] = field(default_factory=dict)
    servers: dict[str, Running] = field(default_factory=dict)

    def runs(self, name: str) -> bool:
        running = self.servers.get(name)
        return running is not None and running.processes[name].alive

    def adopt(self, server: Server) -> bool:
        """Make `server` stand for the process started by an earlier command; False if its settings have changed."""
        running = self.servers.get(server.name)
        if running is None:
            return True
        server.processes = dict(running.processes)
        return running.fingerprint == server.fingerprint

    def remember(self, server: Server) -> None:
        self.ports[server.name] = server.port
        self.servers[server.name] = Running(server.fingerprint, server.url, dict(server.processes))

    def forget(self, server: Server) -> None:
        self.servers.pop(server.name, None)


_ADAPTER = TypeAdapter(State)


def load_state(path: Path) -> State:
    """The state kept at `path`; an empty one if there is none. Raises StateError."""
    if not path.exists():
        return State()
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        raise StateError(f"{path} is damaged: {error}. Stop what still runs by hand and remove the file.") from error


def save_state(path: Path, state: State) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(_ADAPTER.dump_json(state, indent=2))
    draft.replace(path)
