"""A bulletin: every figure of a division for a year. It names nobody."""

from datetime import date, datetime
from decimal import Decimal

import strawberry
from servicekit.domain.refusals import Language
from strawberry import ID

from evaluation.api.loaders import Counted
from evaluation.api.scopes import Scope
from evaluation.api.types.indicators import shown
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
    up_to: date


@strawberry.type(
    description="通报:一个区划一年的全部数据,不点名 / All figures of a division for a year; nobody is named"
)
class Bulletin:
    division: ID
    division_name: str | None
    year: int
    as_of: datetime
    up_to: date
    rows: list[BulletinRow]


def make_bulletin(name: str | None, scope: Scope, counted: Counted, lang: Language) -> Bulletin:
    values = bulletin(counted.rows, scope.asked.year)
    up_to = shown(scope.asked)
    return Bulletin(
        division=ID(scope.division),
        division_name=name,
        year=scope.asked.year,
        as_of=counted.as_of,
        up_to=up_to,
        rows=[_row(value, counted.as_of, up_to, lang) for value in values],
    )


def _row(value: Value, as_of: datetime, up_to: date, lang: Language) -> BulletinRow:
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
        up_to=up_to,
    )
