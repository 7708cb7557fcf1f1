"""The demo city comes out as published, however often and with whatever interruptions it is played."""

from huijia_demo.bulletin import read_bulletin

from tests.e2e.conftest import Town


async def test_every_row_of_the_bulletin_is_as_expected_though_answers_got_lost_on_the_way(town: Town) -> None:
    differing = {row.figure.label: (row.expected, row.measured) for row in town.rows if not row.equal}

    assert len(town.rows) == 11
    assert differing == {}


async def test_playing_again_doubles_nothing(town: Town) -> None:
    stored, counted = await town.stored(), await read_bulletin(town.stage)

    again = await town.replay()

    assert await town.stored() == stored
    assert await read_bulletin(again) == counted
    assert stored["service-tracking.records"] == len(town.scenario.records)
    assert stored["service-tracking.claims"] == len(town.scenario.claims)
