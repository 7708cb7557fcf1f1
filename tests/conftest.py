"""Fixtures that every test may use: real servers, a fresh database, a bus namespace."""

import pytest

pytest_plugins = ["tests.support.servers"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests run in one process (they share servers), and all that look at the played city in one."""
    for item in items:
        folder = item.path.parent
        item.add_marker(pytest.mark.xdist_group("e2e" if folder.name == "e2e" else str(item.path)))
