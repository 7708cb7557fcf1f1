"""A short trial of the whole city, and proof that its checker has eyes. `make faults` is the long one."""

from pathlib import Path

import pytest

from tests.faults.report import as_markdown, report
from tests.faults.trial import trial

SEED = 20170101


@pytest.mark.timeout(400)
async def test_nothing_acknowledged_is_lost_or_counted_twice_while_servers_die(tmp_path: Path) -> None:
    outcome = await trial(tmp_path, seed=SEED, seconds=8, writers=3, members=10)

    figures = report(outcome)
    assert figures["problems"] == []
    assert figures["faults"] >= 2
    assert figures["commands_acknowledged"] > 20
    assert figures["events"] > 20
    assert figures["commands_of_unknown_outcome"] == 0
    assert "| kind of fault |" in as_markdown(figures)
