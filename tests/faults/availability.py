"""When asking and writing succeeded, and how long it didn't."""

from dataclasses import dataclass, field
from itertools import pairwise
from time import monotonic


@dataclass
class Successes:
    """The instants (monotonic seconds) at which an attempt succeeded, and when attempts ended."""

    times: list[float] = field(default_factory=list)
    ended: float | None = None

    def note(self) -> None:
        self.times.append(monotonic())

    def end(self) -> None:
        self.ended = monotonic()

    def longest_gap(self, begin: float, end: float) -> float:
        """The longest time without a success, of those that have a part between `begin` and `end`."""
        last = [] if self.ended is None else [self.ended]
        pairs = pairwise([*self.times, *last])
        return max((after - before for before, after in pairs if after > begin and before < end), default=0.0)
