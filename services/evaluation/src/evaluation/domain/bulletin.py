"""A bulletin: the figures of a division for a year, counted from the same rows."""

from collections.abc import Iterable

from evaluation.domain.figures import BULLETIN, FIGURES
from evaluation.domain.indicators import Value, YearCounts, evaluate


def bulletin(counted: Iterable[YearCounts], year: int) -> list[Value]:
    rows = list(counted)
    return [evaluate(FIGURES[id], rows, year) for id in BULLETIN]
