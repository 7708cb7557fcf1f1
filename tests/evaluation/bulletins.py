"""A frozen bulletin for tests of its files."""

from datetime import UTC, date, datetime
from decimal import Decimal

from evaluation.domain.indicators import IndicatorId, Text, YearCounts
from evaluation.domain.issues import BulletinIssue, Compared, Content, Correction, IssueStatus, Measured, Revision, rows
from evaluation.domain.periods import Period

PERIOD = Period(starts_on=date(2017, 7, 1), ends_on=date(2017, 9, 30))


def published(name: str = "龙岩市", counties: int = 7, county: str = "第{}县") -> BulletinIssue:
    """The third of 2017; one county has no rate, and a count and a rate of the second are corrected."""
    counts = {
        "roster_lines": 37466,
        "registered": 37455,
        "registered_lines": 37455,
        "served_2017": 37436,
        "grids": 1119,
    }
    months = {f"2017-{month:02}": {"services": 9000 + month} for month in range(1, 10)}
    content = Content(
        as_of=datetime(2017, 10, 2, 3, 4, 5, tzinfo=UTC),
        positions={"350802": 3},
        rows=rows([YearCounts("350802001001", 2017, counts | {"services": 81_045})], months, PERIOD),
        compared=[_county(number, county) for number in range(counties)],
        months={month: counts["services"] for month, counts in months.items()},
        corrections=[
            Correction(
                number="2017-2",
                period=Period(starts_on=date(2017, 4, 1), ends_on=date(2017, 6, 30)),
                figure=IndicatorId.person_visits,
                name=Text("服务人次", "Person-visits"),
                published=29123,
                corrected=29121,
            )
        ],
        revisions=[
            Revision(
                number="2017-2",
                period=Period(starts_on=date(2017, 4, 1), ends_on=date(2017, 6, 30)),
                figure=IndicatorId.service_rate,
                name=Text("服务率", "Service rate"),
                unit=Text("%", "%"),
                published=Measured(numerator=37436, denominator=37455, value=Decimal("99.95")),
                revised=Measured(numerator=37434, denominator=37455, value=Decimal("99.94")),
            )
        ],
        appeals=["a1", "a2"],
    )
    return BulletinIssue(
        id="b1",
        lane="350800",
        division="350800",
        division_name=name,
        starts_on=PERIOD.starts_on,
        ends_on=PERIOD.ends_on,
        year=2017,
        status=IssueStatus.PUBLISHED,
        serial=3,
        content=content,
        digest=content.digest(),
        drafted_by="somebody",
        frozen_at=content.as_of,
    )


def _county(number: int, name: str) -> Compared:
    rate = Decimal("99.97") if number else None
    values = {"registration_rate": rate, "service_rate": Decimal("99.95"), "person_visits": Decimal(1000 * number)}
    return Compared(division=f"35080{number}", name=name.format(number), values=values)
