"""Fixtures for every test (real servers, a fresh database, a bus namespace), and how files are dealt to processes."""

import gc
import os

import pytest
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["tests.support.servers"]

# A port that one process chose, and has not taken yet, is none that another may choose. Set outright: the process
# that deals the files reads this too, and its children inherit its environment.
PORTS_EACH = 2_000
_first = 20_000 + PORTS_EACH * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["HUIJIA_PORTS"] = f"{_first}-{_first + PORTS_EACH - 1}"


def pytest_collection_finish() -> None:
    """What was imported stays: a sixth of the time went into looking through it for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class FilesAndOneTown(LoadFileScheduling):
    """Whole files, and all that ask the played city to one process: it takes a minute to play."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FilesAndOneTown:
    return FilesAndOneTown(config, log)
