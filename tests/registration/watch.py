"""Sees the queries that go to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

QUERIES = {"find", "aggregate", "count", "distinct", "getMore"}
ABOUT_THE_SESSION = {"lsid", "txnNumber", "autocommit", "startTransaction", "readConcern", "$db", "$clusterTime"}


class Watch(CommandListener):
    def __init__(self) -> None:
        self._seen: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in QUERIES:
            self._seen.append({name: v for name, v in event.command.items() if name not in ABOUT_THE_SESSION})

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    @contextmanager
    def queries(self) -> Iterator[list[dict[str, Any]]]:
        """The queries sent within."""
        self._seen = []
        yield self._seen
        self._seen = []


def stages(plan: Any) -> set[str]:
    """The names of all stages of an explained query; COLLSCAN too where a lookup scanned its collection."""
    if isinstance(plan, list):
        return {name for one in plan for name in stages(one)}
    if not isinstance(plan, dict):
        return set()
    found = {plan["stage"]} if isinstance(plan.get("stage"), str) else set()
    if plan.get("collectionScans"):
        found.add("COLLSCAN")
    return found | {name for key, one in plan.items() if key != "rejectedPlans" for name in stages(one)}
