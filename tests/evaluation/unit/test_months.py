"""Up to which day things are asked to count."""

from datetime import date

import pytest
from evaluation.domain.months import AsOf, as_of
from servicekit.domain import InvalidInput

TODAY = date(2017, 5, 20)


@pytest.mark.parametrize(
    ("year", "up_to", "expected"),
    [
        (None, None, AsOf(2017, "2017-05")),
        (2016, None, AsOf(2016, "2016-12")),
        (2018, None, AsOf(2018, "2017-05")),
        (2016, TODAY, AsOf(2016, "2017-05")),
        (2016, date(2099, 1, 7), AsOf(2016, "2017-05")),
        (2017, date(2016, 2, 29), AsOf(2017, "2016-02")),
    ],
)
def test_things_count_up_to_the_end_of_the_year_or_today_unless_another_day_is_asked(
    year: int | None, up_to: date | None, expected: AsOf
) -> None:
    assert as_of(year, up_to, TODAY) == expected


@pytest.mark.parametrize(
    ("year", "up_to", "path"), [(0, None, "year"), (9999, None, "year"), (2017, date(2017, 3, 30), "upTo")]
)
def test_another_day_is_the_last_of_a_month_and_a_year_is_one_of_ours(year: int, up_to: date | None, path: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        as_of(year, up_to, TODAY)

    assert refusal.value.path == path


def test_the_last_month_of_a_year_is_cut_at_the_month_asked() -> None:
    asked = AsOf(2016, "2017-02")

    assert (asked.day, asked.last_month_of_year) == ("2017-02-28", "2016-12")
    assert AsOf(2017, "2017-02").last_month_of_year == "2017-02"
