"""A bulletin: every figure of a division for a year. It names nobody."""

from datetime import datetime
from decimal import Decimal

import strawberry
from servicekit.domain.refusals import Language
from strawberry import ID

from evaluation.api.loaders import Counted
from evaluation.domain.bulletin import bulletin
from evaluation.domain.indicators import IndicatorId, Value


@strawberry.type(description="通报的一行 / One figure of a bulletin")
class BulletinRow:
    figure: IndicatorId
    name: str
    unit: str
    rule: str
    value: Decimal | None
    numerator: int
    denominator: int | None
    as_of: datetime


@strawberry.type(
    description="通报:一个区划一年的全部数据,不点名 / All figures of a division for a year; nobody is named"
)
class Bulletin:
    division: ID
    division_name: str | None
    year: int
    as_of: datetime
    rows: list[BulletinRow]


def make_bulletin(division: str, name: str | None, year: int, counted: Counted, lang: Language) -> Bulletin:
    return Bulletin(
        division=ID(division),
        division_name=name,
        year=year,
        as_of=counted.as_of,
        rows=[_row(value, counted.as_of, lang) for value in bulletin(counted.rows, year)],
    )


def _row(value: Value, as_of: datetime, lang: Language) -> BulletinRow:
    indicator = value.indicator
    return BulletinRow(
        figure=indicator.id,
        name=indicator.name.in_(lang),
        unit=indicator.unit.in_(lang),
        rule=indicator.rule.in_(lang),
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        as_of=as_of,
    )
