"""Evaluation schemes: weighted indicators with targets and floors, and the scores they give."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict
from servicekit.domain import Aggregate, InvalidInput, Refusal

from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import Direction, IndicatorId, Value, YearCounts, evaluate
from evaluation.domain.periods import Period

FULL = Decimal(100)
CENT = Decimal("0.01")


class Level(StrEnum):
    """What a scheme scores: the divisions of a level, units, or lines."""

    CITY = "CITY"
    COUNTY = "COUNTY"
    SUBDISTRICT = "SUBDISTRICT"
    COMMUNITY = "COMMUNITY"
    UNIT = "UNIT"
    LINE = "LINE"

    @property
    def of_units(self) -> bool:
        return self in (Level.UNIT, Level.LINE)


class SchemeStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"


class WeightsDoNotSum(Refusal):
    sum: Decimal
    zh, en = "权重之和为 {sum},应为 100。", "The weights sum to {sum}; they must sum to 100."
    next_zh, next_en = "请调整各项权重。", "Change the weights."


class SchemeAlreadyPublished(Refusal):
    edition: int
    zh, en = "该方案已发布,为第 {edition} 版。", "This scheme is published as edition {edition}."
    next_zh, next_en = "请另行起草新版。", "Draft a new edition."


class Item(BaseModel):
    """One indicator of a scheme: no points at the floor or below, all of the weight at the target or beyond."""

    model_config = ConfigDict(frozen=True)

    indicator: IndicatorId
    weight: Decimal
    target: Decimal
    floor: Decimal


class SchemeSnapshot(BaseModel):
    scheme_id: str
    division: str
    level: Level
    line: str | None
    edition: int
    starts_on: date
    ends_on: date


class Scheme(Aggregate):
    """For all of its level in the `division`, or for what belongs to the `line` there. The newest edition is in force.

    Editions are numbered over all lines.
    """

    division: str
    level: Level
    line: str | None = None
    name: str
    starts_on: date
    ends_on: date
    items: list[Item]
    status: SchemeStatus = SchemeStatus.DRAFT
    edition: int | None = None
    drafted_by: str
    drafted_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None

    @property
    def period(self) -> Period:
        return Period(starts_on=self.starts_on, ends_on=self.ends_on)

    def publish(self, edition: int, now: datetime, by: str) -> None:
        """Raises SchemeAlreadyPublished."""
        if self.edition is not None:
            raise SchemeAlreadyPublished(edition=self.edition)
        self.status, self.edition, self.published_at, self.published_by = SchemeStatus.PUBLISHED, edition, now, by
        self.record("scheme-published")

    def snapshot(self) -> SchemeSnapshot:
        return SchemeSnapshot(
            scheme_id=self.id,
            division=self.division,
            level=self.level,
            line=self.line,
            edition=self.edition or 0,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
        )


@dataclass(frozen=True, slots=True)
class ItemScore:
    """`attained` is the part (0 to 1) of the way from the floor to the target; None where there is no value."""

    item: Item
    value: Value
    attained: Decimal | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Score:
    """`points` out of `out_of`: an item without a value can't be attained nor missed, so it isn't in either.

    `total` is the points in a hundred; None when no item has a value.
    """

    items: list[ItemScore]
    points: Decimal
    out_of: Decimal
    total: Decimal | None


def check_line(level: Level, line: str | None) -> None:
    """Raises InvalidInput."""
    if line is not None and not level.of_units:
        raise InvalidInput(
            path="input.line", reason_zh="仅用于单位或条线的方案", reason_en="only for a scheme of units or lines"
        )


def check_items(items: Iterable[Item], level: Level) -> list[Item]:
    """Raises InvalidInput for the first item that can't be scored at this level, and WeightsDoNotSum."""
    checked: list[Item] = []
    for number, item in enumerate(items):
        path = f"input.items.{number}"
        if any(item.indicator is one.indicator for one in checked):
            raise InvalidInput(path=f"{path}.indicator", reason_zh="指标重复", reason_en="it is in the scheme twice")
        if FIGURES[item.indicator].direction is Direction.NONE:
            raise InvalidInput(
                path=f"{path}.indicator",
                reason_zh="该指标无高低之分,不能计分",
                reason_en="more of it is neither better nor worse, so it can't be scored",
            )
        if level.of_units and not FIGURES[item.indicator].of_units:
            raise InvalidInput(
                path=f"{path}.indicator",
                reason_zh="该指标只按地点统计,单位与条线没有",
                reason_en="it is counted for places only: units and lines don't have it",
            )
        if item.weight <= 0:
            raise InvalidInput(path=f"{path}.weight", reason_zh="权重须大于零", reason_en="a weight is above zero")
        if item.floor < 0 or item.floor >= item.target:
            raise InvalidInput(
                path=f"{path}.floor",
                reason_zh="底线须不小于零且低于目标",
                reason_en="a floor is not below zero, and below the target",
            )
        checked.append(item)
    total = sum((item.weight for item in checked), Decimal(0))
    if total != FULL:
        raise WeightsDoNotSum(path="input.items", sum=total)
    return checked


def score(items: Iterable[Item], counted: list[YearCounts], year: int, *, of_units: bool = False) -> Score:
    """What the counts of a division, or of units, score under these items."""
    values = ((item, evaluate(FIGURES[item.indicator], counted, year, of_units=of_units)) for item in items)
    scores = [_item_score(item, value) for item, value in values]
    scored = [one for one in scores if one.points is not None]
    points = sum((one.points for one in scored if one.points is not None), Decimal(0))
    out_of = sum((one.item.weight for one in scored), Decimal(0))
    return Score(scores, points, out_of, _rounded(points * 100 / out_of) if out_of else None)


def _item_score(item: Item, value: Value) -> ItemScore:
    if value.value is None:
        return ItemScore(item, value, None, None)
    way = (value.value - item.floor) / (item.target - item.floor)
    attained = min(max(way, Decimal(0)), Decimal(1))
    return ItemScore(item, value, attained.quantize(Decimal("0.0001"), ROUND_HALF_UP), _rounded(item.weight * attained))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
