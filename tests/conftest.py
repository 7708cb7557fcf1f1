"""Fixtures that every test may use: real servers, a fresh database, a bus namespace."""

pytest_plugins = ["tests.support.servers"]
