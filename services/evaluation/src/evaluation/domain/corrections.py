"""What earlier issues of a bulletin said, and what is counted for their periods now."""

from collections.abc import Collection, Iterable, Mapping

from evaluation.domain.appeals import Appeal
from evaluation.domain.contributions import Counts, add
from evaluation.domain.facts import Fact
from evaluation.domain.figures import FIGURES
from evaluation.domain.indicators import MonthCounts, YearCounts, evaluate
from evaluation.domain.issues import BulletinIssue, Content, Correction, Measured, Revision


def states(flows: Iterable[MonthCounts], months: Collection[str]) -> dict[str, list[YearCounts]]:
    """What counts in each division at the end of each of these months."""
    coming = sorted(flows, key=lambda flow: flow.month, reverse=True)
    total: dict[str, Counts] = {}
    found: dict[str, list[YearCounts]] = {}
    for month in sorted(set(months)):
        while coming and coming[-1].month <= month:
            flow = coming.pop()
            add(total.setdefault(flow.division, {}), flow.counts)
        found[month] = [YearCounts(division, int(month[:4]), dict(counts)) for division, counts in total.items()]
    return found


def corrections(earlier: Iterable[BulletinIssue], months: Mapping[str, Counts]) -> list[Correction]:
    """Counts that came otherwise in the period of an earlier issue (the first frozen first) than was said last."""
    said: dict[tuple[str, str], Correction] = {}
    for issue in earlier:
        for row in _content(issue).rows:
            if row.in_period is not None:
                said[_number(issue), row.figure.value] = Correction(
                    number=_number(issue),
                    period=issue.period,
                    figure=row.figure,
                    name=row.name,
                    published=row.in_period,
                    corrected=issue.period.sum(months, FIGURES[row.figure].numerator.counter),
                )
        for made in _content(issue).corrections:
            if last := said.get((made.number, made.figure.value)):
                said[made.number, made.figure.value] = last.model_copy(update={"published": made.corrected})
    return [one for one in said.values() if one.published != one.corrected]


def revisions(earlier: Iterable[BulletinIssue], at_end: Mapping[str, list[YearCounts]]) -> list[Revision]:
    """Rates and numbers of places that come otherwise at the end of an earlier issue's period than was said last.

    `at_end` is what counts now at the end of the last month of each of these periods.
    """
    said: dict[tuple[str, str], Revision] = {}
    for issue in earlier:
        for row in _content(issue).rows:
            if row.in_period is None:
                now = evaluate(FIGURES[row.figure], at_end[issue.period.last_month], issue.year)
                said[_number(issue), row.figure.value] = Revision(
                    number=_number(issue),
                    period=issue.period,
                    figure=row.figure,
                    name=row.name,
                    unit=row.unit,
                    published=Measured(numerator=row.numerator, denominator=row.denominator, value=row.value),
                    revised=Measured(numerator=now.numerator, denominator=now.denominator, value=now.value),
                )
        for made in _content(issue).revisions or []:
            if last := said.get((made.number, made.figure.value)):
                said[made.number, made.figure.value] = last.model_copy(update={"published": made.revised})
    return [one for one in said.values() if one.published != one.revised]


def settled_since(earlier: Iterable[BulletinIssue], granted: Iterable[tuple[Appeal, Fact]]) -> list[str]:
    """The granted appeals whose facts were corrected, as far as no earlier issue told them; with these facts."""
    told = {id for issue in earlier for id in _content(issue).appeals or []}
    settled = {appeal.id for appeal, fact in granted if fact.version > appeal.fact_version}
    return sorted(settled - told)


def _content(issue: BulletinIssue) -> Content:
    assert issue.content is not None, "what is published was frozen"
    return issue.content


def _number(issue: BulletinIssue) -> str:
    assert issue.number is not None, "only what is published is corrected"
    return issue.number
