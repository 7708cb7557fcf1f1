"""Sees every command that goes to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

OPERATIONS = {"find", "aggregate", "insert", "update", "delete", "getMore", "count", "distinct", "drop", "dropDatabase"}


class Watch(CommandListener):
    def __init__(self) -> None:
        self._seen: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in OPERATIONS:
            self._seen.append(dict(event.command))

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    @contextmanager
    def operations(self) -> Iterator[list[dict[str, Any]]]:
        """The commands sent within."""
        self._seen = []
        yield self._seen
        self._seen = []
