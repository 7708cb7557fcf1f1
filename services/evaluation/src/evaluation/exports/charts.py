"""Where the shapes of a chart lie: horizontal bars, in millimetres from the chart's upper left corner."""

from dataclasses import dataclass

from evaluation.exports.report import Chart, amount

LABEL_SHARE, VALUE_SHARE, THICKNESS = 0.3, 0.18, 0.5


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: str
    label_right: float
    x: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Drawn:
    bars: list[Bar]
    height: float


def layout(chart: Chart, *, width: float, pitch: float) -> Drawn:
    """A bar each `pitch`; the longest takes what labels and values leave of `width`."""
    left, room = width * LABEL_SHARE, width * (1 - LABEL_SHARE - VALUE_SHARE)
    longest = max((value for _, value in chart.bars if value is not None), default=None) or 1
    bars = [
        Bar(
            label=label,
            value=amount(value),
            label_right=left - 2,
            x=left,
            top=index * pitch + pitch * (1 - THICKNESS) / 2,
            width=room * float(value or 0) / float(longest),
            height=pitch * THICKNESS,
        )
        for index, (label, value) in enumerate(chart.bars)
    ]
    return Drawn(bars, len(bars) * pitch)
