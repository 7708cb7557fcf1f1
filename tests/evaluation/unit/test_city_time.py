"""Days are the city's (UTC+8), wherever a process runs."""

from datetime import UTC, date, datetime

import pytest
from evaluation.api import loaders
from evaluation.domain.issues import PeriodNotOver
from evaluation.messages.handlers import fact_of
from evaluation.messages.registration import GridFact
from servicekit.domain import FixedClock
from servicekit.events import Fact as Told

from tests.evaluation.bulletins import published

LAST_SECOND, MIDNIGHT = datetime(2017, 9, 30, 15, 59, 59, tzinfo=UTC), datetime(2017, 9, 30, 16, tzinfo=UTC)


def test_a_bulletin_can_be_frozen_from_the_midnight_after_its_last_day() -> None:
    draft = published().model_copy(update={"frozen_at": None})

    draft.check_freezable(MIDNIGHT)
    with pytest.raises(PeriodNotOver):
        draft.check_freezable(LAST_SECOND)


def test_what_carries_no_day_counts_from_the_day_on_which_it_was_told() -> None:
    grid = GridFact.model_validate({"community": "350802001001"})
    told = [Told("e1", "grid-created", "g1", "350802", 1, now, grid, "c1") for now in (LAST_SECOND, MIDNIGHT)]

    assert [fact_of(one).on for one in told] == [date(2017, 9, 30), date(2017, 10, 1)]


def test_figures_are_asked_for_the_day_that_it_is_in_the_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "CLOCK", FixedClock(MIDNIGHT))

    assert loaders.today() == date(2017, 10, 1)
