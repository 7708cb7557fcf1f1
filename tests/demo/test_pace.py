"""What a play says of itself while it goes on, and afterwards."""

import io

import pytest
from huijia_demo import pace
from huijia_demo.costs import counted
from huijia_demo.pace import Pace, Timing
from rich.console import Console

METRICS = """\
# TYPE huijia_outbox_dispatched counter
huijia_outbox_dispatched_total{source="registration"} 12.0
huijia_outbox_dispatched_created{source="registration"} 1.7e+09
# TYPE huijia_consumer_applied counter
huijia_consumer_applied_total{lane="350802",service="evaluation"} 3.0
huijia_consumer_applied_total{lane="350803",service="evaluation"} 4.0
"""


def test_where_nobody_watches_a_phase_says_how_far_it_is_and_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SAYS_EVERY_SECONDS", 0)
    said = io.StringIO()
    played = Pace(Console(file=said, width=200))

    with played, played.phase("Claims", 1_000):
        played.advance(250)

    assert said.getvalue().splitlines()[0].startswith("  Claims: 250 of 1,000, ")
    assert said.getvalue().splitlines()[-1].startswith("Claims: 1,000 in ")


def test_what_each_phase_took_is_kept_in_order() -> None:
    played = Pace(Console(quiet=True))

    for name, rows in (("Units", 2), ("Claims", 5)):
        with played.phase(name, rows):
            pass

    assert [(timing.name, timing.rows) for timing in played.timings] == [("Units", 2), ("Claims", 5)]
    assert Timing("Claims", 5, 2.5).rate == 2


def test_events_are_counted_over_all_lanes() -> None:
    counts = counted(METRICS)

    assert counts == {"huijia_outbox_dispatched_total": 12, "huijia_consumer_applied_total": 7}
