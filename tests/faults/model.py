"""What the load knows: each thing it made, the status that was acknowledged last, and one that may have followed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from tests.faults.client import NoAnswer


@dataclass
class Thing:
    """A registration or a record; `status` is None before its first command was acknowledged."""

    key: str
    status: str | None = None
    maybe: str | None = None
    id: str = ""
    community: str = ""
    hours: Decimal = Decimal(0)

    @property
    def allowed(self) -> set[str | None]:
        return {self.status} | ({self.maybe} if self.maybe else set())


@dataclass
class Model:
    """Registrations by member, records by reference."""

    registrations: dict[str, Thing] = field(default_factory=dict)
    records: dict[str, Thing] = field(default_factory=dict)
    acknowledged: int = 0
    unknown: int = 0

    @contextmanager
    def command(self, thing: Thing, status: str) -> Iterator[None]:
        """Within, a command that gives `thing` this status is on its way; it is acknowledged at the end."""
        thing.maybe = status
        try:
            yield
        except NoAnswer:
            self.unknown += 1
            raise
        thing.status, thing.maybe = status, None
        self.acknowledged += 1
