"""How a play gets on: a bar for each phase on a terminal, a line now and then elsewhere; and what each phase took."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

# Where nobody watches, a long phase says this often how far it is.
SAYS_EVERY_SECONDS = 20.0


@dataclass(frozen=True)
class Timing:
    """What one phase took."""

    name: str
    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds else 0.0


class Rate(ProgressColumn):
    """Rows a second, at the speed of the last half minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s", style="progress.data.speed")


class Pace:
    """Phases come one after the other. As a context, it keeps the bars alive."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), Rate())
        watched = console.is_terminal and not console.quiet
        self._bars = Progress(
            *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, disable=not watched
        )
        self._task: TaskID | None = None
        self._said = 0.0
        self.timings: list[Timing] = []

    def __enter__(self) -> "Pace":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @contextmanager
    def phase(self, name: str, rows: int) -> Iterator[None]:
        """A phase of so many rows; `advance` and `show` move it."""
        self._task = self._bars.add_task(name, total=rows)
        started = self._said = monotonic()
        yield
        self._bars.update(self._task, completed=rows)
        self.timings.append(Timing(name, rows, monotonic() - started))
        self._say(_took(self.timings[-1]))

    def advance(self, rows: int) -> None:
        if self._task is not None:
            self._bars.advance(self._task, rows)
            self._say_sometimes()

    def show(self, completed: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=completed)
            self._say_sometimes()

    def _say_sometimes(self) -> None:
        if monotonic() - self._said > SAYS_EVERY_SECONDS:
            self._said = monotonic()
            self._say(_how_far(next(task for task in self._bars.tasks if task.id == self._task)))

    def _say(self, line: str) -> None:
        if self._bars.disable:
            self._bars.console.print(line, highlight=False)


def _took(timing: Timing) -> str:
    return f"{timing.name}: {timing.rows:,} in {timing.seconds:.1f} s"


def _how_far(task: Task) -> str:
    left = f"{task.time_remaining:,.0f} s left" if task.time_remaining is not None else "going on"
    return f"  {task.description}: {task.completed:,.0f} of {task.total:,.0f}, {task.speed or 0:,.0f}/s, {left}"
