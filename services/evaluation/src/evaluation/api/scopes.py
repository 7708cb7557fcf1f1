"""Of whom a figure is: a division, a unit, or the units of a line."""

from dataclasses import dataclass, replace
from datetime import date

from servicekit.domain import InvalidInput, NotFound
from servicekit.graphql import Context
from servicekit.security import Target
from servicekit.security.policy import division_prefix

from evaluation.api import loaders
from evaluation.domain.facts import Fact
from evaluation.domain.issues import About
from evaluation.domain.months import AsOf, as_of
from evaluation.storage import ledger

RESIDUAL = "Query.residual"
FACTS = "Query.facts"


@dataclass(frozen=True, slots=True)
class Scope:
    """`division` is where a unit sits, or within which a line's units are taken. `units` is None for a division."""

    asked: AsOf
    division: str
    unit: str | None = None
    line: str | None = None
    units: tuple[str, ...] | None = None

    @property
    def of_units(self) -> bool:
        return self.units is not None

    @property
    def prefix(self) -> str:
        """Of the places that count: a unit's members count wherever they are."""
        return division_prefix(self.division) if self.units is None else ""

    @property
    def target(self) -> Target:
        return Target(division=self.division, unit=self.unit, line=self.line)

    def of_unit(self, unit: str | None) -> "Scope":
        """The part of one unit; the whole where none is named, and nothing where it is none of these units."""
        if not unit:
            return self
        units = self.units if self.units is None else tuple(one for one in self.units if one == unit)
        return replace(self, unit=unit, units=units)


def asked_for(year: int | None, up_to: date | None) -> AsOf:
    """Raises InvalidInput."""
    return as_of(year, up_to, loaders.today())


async def unit_fact(context: Context, unit: str, path: str = "") -> Fact:
    """Raises NotFound."""
    fact = await context.loaders.find(loaders.unit_facts, unit)
    if fact is None:
        raise NotFound(path=f"{path}unit", what_zh="单位", what_en="unit", id=unit)
    return fact


async def unit_scope(context: Context, unit: str, asked: AsOf) -> Scope:
    """Raises NotFound."""
    return Scope(asked, (await unit_fact(context, unit)).division, unit=unit, units=(unit,))


async def line_scope(context: Context, line: str, division: str, asked: AsOf) -> Scope:
    """Raises NotFound."""
    units = await ledger.units_of_line(context.database, line, division_prefix(division))
    if not units:
        raise NotFound(path="line", what_zh="条线", what_en="line", id=line)
    return Scope(asked, division, line=line, units=tuple(sorted(units)))


async def about_of(context: Context, division: str | None, unit: str | None, line: str | None, path: str = "") -> About:
    """A division, a unit (named alone), or a line in a division. Raises InvalidInput, NotFound for a unit."""
    if unit is not None and division is None and line is None:
        return About((await unit_fact(context, unit, path)).division, unit=unit)
    if division is None or unit is not None:
        raise InvalidInput(
            path=f"{path}division",
            reason_zh="须给出区划、单位,或区划与条线",
            reason_en="give a division, a unit, or a division and a line",
        )
    return About(division, line=line)


async def scope_of(context: Context, asked: AsOf, about: About) -> Scope:
    """Raises NotFound."""
    if about.unit is not None:
        return Scope(asked, about.division, unit=about.unit, units=(about.unit,))
    if about.line is not None:
        return await line_scope(context, about.line, about.division, asked)
    return Scope(asked, about.division)


def target_of(about: About) -> Target:
    return Target(division=about.division, unit=about.unit, line=about.line)


async def counted_in(context: Context, scope: Scope) -> loaders.Counted:
    if scope.units is None:
        return await context.loaders.load(loaders.counts, scope.division, scope.asked)
    return await context.loaders.load(loaders.counts_of_units, scope.units, scope.asked)
