"""When asking and writing succeeded, and how long it didn't."""

from dataclasses import dataclass, field
from time import monotonic


@dataclass
class Successes:
    """The instants (monotonic seconds) at which an attempt succeeded."""

    times: list[float] = field(default_factory=list)

    def note(self) -> None:
        self.times.append(monotonic())

    def longest_gap(self, begin: float, end: float) -> float:
        """The longest time between two successes, of those gaps that have a part between `begin` and `end`."""
        pairs = zip(self.times, self.times[1:], strict=False)
        return max((after - before for before, after in pairs if after > begin and before < end), default=0.0)
