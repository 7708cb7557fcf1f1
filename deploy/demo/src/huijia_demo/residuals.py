"""Who is missing from a rate, by name: at 99.97 % the eleven people behind the rest are what matters."""

from collections.abc import Iterable
from dataclasses import dataclass

from huijia_demo.figures import CITY, FIGURES, MEASURED_YEAR, NOW, Rate
from huijia_demo.play.endpoint import Json
from huijia_demo.play.stage import Stage

MISSING = """
query($rate: IndicatorId!, $division: ID!, $year: Int!, $now: Date!, $first: Int!, $after: String) {
  residual(id: $rate, division: $division, year: $year, upTo: $now, first: $first, after: $after) {
    nodes { id name unit { name } } pageInfo { hasNextPage endCursor }
  }
}
"""
MOST_NAMES = 20


@dataclass(frozen=True)
class Residual:
    """The list of a rate, and how many it must name."""

    rate: Rate
    expected: int
    members: list[Json]

    @property
    def equal(self) -> bool:
        return len({member["id"] for member in self.members}) == len(self.members) == self.expected


async def read_residuals(stage: Stage) -> list[Residual]:
    """The list of each rate of the bulletin."""
    return [await _read(stage, figure) for figure in FIGURES if isinstance(figure, Rate)]


def as_lines(residuals: Iterable[Residual]) -> list[str]:
    """A line a rate: how many are missing, and who they are."""
    return [_line(residual) for residual in residuals]


async def _read(stage: Stage, rate: Rate) -> Residual:
    variables = {"rate": rate.id, "division": CITY, "year": MEASURED_YEAR, "now": NOW}
    members = await stage.nodes(MISSING, stage.badges.city(), ("residual",), **variables)
    expected = rate.expected(stage.city.scale)
    return Residual(rate, (expected.denominator or 0) - expected.numerator, members)


def _line(residual: Residual) -> str:
    names = ", ".join(f"{member['name']} ({member['unit']['name']})" for member in residual.members[:MOST_NAMES])
    more = len(residual.members) - MOST_NAMES
    verdict = "equal" if residual.equal else f"DIFFERS: {residual.expected} expected"
    told = f": {names}" if names else ""
    return (
        f"Missing from the {residual.rate.label}, {len(residual.members):,} ({verdict}){told}"
        f"{f' and {more:,} more' if more > 0 else ''}"
    )
