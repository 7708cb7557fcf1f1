"""A succession: one community's code was withdrawn, and another community has gone on with what it had."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Succession:
    """`into` has gone on since the day `on`."""

    code: str
    into: str
    on: date

    @property
    def last_day(self) -> date:
        return self.on - timedelta(days=1)
