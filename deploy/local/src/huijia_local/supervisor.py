"""Starts servers stage by stage, finds them again, stops them in the reverse order."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from huijia_local.servers import Server
from huijia_local.state import State, load_state, save_state

Stages = Sequence[Sequence[Server]]
Report = Callable[[Server, str], None]


def say_nothing(server: Server, what: str) -> None:
    """A report to nobody."""


class Supervisor:
    """Servers of one stage start side by side; a stage starts when the one before is ready.

    `report` is told of every server what becomes of it, possibly from several threads.
    """

    def __init__(self, stages: Stages, state_file: Path, report: Report = say_nothing) -> None:
        self._stages = stages
        self._state_file = state_file
        self._report = report

    def up(self) -> None:
        """Start what doesn't run, replace what runs with other settings, leave alone the rest.

        Raises the first StartError of a stage after the whole stage has settled; what did start keeps running.
        """
        with self._state() as state:
            for stage in self._stages:
                with ThreadPoolExecutor(max_workers=len(stage) or 1) as pool:
                    outcomes = [pool.submit(self._ensure, server, state) for server in stage]
                for outcome in outcomes:
                    outcome.result()

    def down(self) -> None:
        """Stop everything; a server that ignores SIGTERM for its grace period is killed, and reported as that."""
        with self._state() as state:
            for stage in reversed(self._stages):
                with ThreadPoolExecutor(max_workers=len(stage) or 1) as pool:
                    list(pool.map(lambda server: self._stop(server, state), stage))

    def _ensure(self, server: Server, state: State) -> None:
        unchanged = state.adopt(server)
        if server.alive and unchanged:
            server.wait_ready()
            self._report(server, "runs already")
            return
        if server.alive:
            self._report(server, "is restarted: its settings changed")
            server.stop()
        elif server.processes:
            self._report(server, "had ended by itself and is started again")
        else:
            self._report(server, "starts")
        server.start()
        state.remember(server)
        self._report(server, "is ready")

    def _stop(self, server: Server, state: State) -> None:
        state.adopt(server)
        if server.alive:
            clean = server.stop()
            self._report(server, "stopped" if clean else f"did not stop in {server.stop_grace:g} s and was killed")
        else:
            server.kill()  # what helped it may still be there
        state.forget(server)

    @contextmanager
    def _state(self) -> Iterator[State]:
        """The state for one command alone, saved at its end even if it fails."""
        self._state_file.parent.mkdir(parents=True, exist_ok=True)
        with self._state_file.with_suffix(".lock").open("w") as lock:
            flock(lock, LOCK_EX)
            state = load_state(self._state_file)
            try:
                yield state
            finally:
                save_state(self._state_file, state)
